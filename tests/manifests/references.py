"""Is everything there that something else names?"""

from manifests.render import K8S, containers, name_of, of_kind, workloads

_RUNBOOK = K8S / "README.md"


def findings(objects: list) -> list:
    found = [f"{name_of(thing)}: {problem}" for thing, template in workloads(objects)
             for problem in _of_pod(objects, template)]
    for thing in objects:
        found += [f"{name_of(thing)}: selects no pods" for selector in _selectors(thing)
                  if not any(matches(selector, labels) for labels in pod_labels(objects))]
    return [*found, *_of_certificates(objects), *_of_namespaces(objects)]


def secrets_of(template: dict) -> set:
    """The names of the secrets that a pod reads."""
    found = set()
    for volume in template["spec"].get("volumes", []):
        if "secret" in volume:
            found.add(volume["secret"]["secretName"])
        for source in volume.get("projected", {}).get("sources", []):
            found |= {source["secret"]["name"]} if "secret" in source else set()
    for container in containers(template):
        for variable in container.get("env", []):
            if "secretKeyRef" in variable.get("valueFrom", {}):
                found.add(variable["valueFrom"]["secretKeyRef"]["name"])
    return found


def pod_labels(objects: list) -> list:
    """Of our pods, and of those that operators make: PostgreSQL's, and cert-manager's solvers."""
    return [*(template["metadata"]["labels"] for _, template in workloads(objects)),
            {"cnpg.io/cluster": "postgres"}, {"acme.cert-manager.io/http01-solver": "true"}]


def matches(selector: dict, labels: dict) -> bool:
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        labels.get(rule["key"]) in rule["values"] for rule in selector.get("matchExpressions", []))


def _names(objects: list, kind: str) -> set:
    return {thing["metadata"]["name"] for thing in of_kind(objects, kind)}


def _of_pod(objects: list, template: dict):
    spec = template["spec"]
    if spec["serviceAccountName"] not in _names(objects, "ServiceAccount"):
        yield f"there is no service account {spec['serviceAccountName']}"
    issued = {thing["spec"]["secretName"] for thing in of_kind(objects, "Certificate")}
    for secret in sorted(secrets_of(template) - issued):
        if f"`{secret}`" not in _RUNBOOK.read_text(encoding="utf-8"):
            yield f"the runbook does not say what the secret {secret} holds"
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    for volume in volumes.values():
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim and claim not in _names(objects, "PersistentVolumeClaim"):
            yield f"there is no claim {claim}"
    for container in containers(template):
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{container['name']} mounts {mount['name']}, which the pod has not"
        for source in container.get("envFrom", []):
            if source["configMapRef"]["name"] not in _names(objects, "ConfigMap"):
                yield f"there is no ConfigMap {source['configMapRef']['name']}"


def _selectors(thing: dict):
    spec = thing.get("spec", {})
    if thing["kind"] == "Service":
        yield {"matchLabels": spec["selector"]}
    elif thing["kind"] in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
        yield spec["selector"]
    elif thing["kind"] == "NetworkPolicy":
        yield spec["podSelector"]


def _of_certificates(objects: list):
    """Callees go by the name in a program's certificate."""
    for thing in of_kind(objects, "Deployment"):
        name = thing["metadata"]["name"]
        held = {certificate["spec"]["secretName"]: certificate["spec"]
                for certificate in of_kind(objects, "Certificate")}
        if held.get(f"{name}-tls", {}).get("dnsNames") != [name]:
            yield f"Deployment/{name}: no certificate names it, and nothing but it"


def _of_namespaces(objects: list):
    [own] = _names(objects, "Namespace")
    for thing in objects:
        if thing["kind"] != "Namespace" and thing["metadata"].get("namespace") != own:
            yield f"{name_of(thing)}: is in another namespace than {own}"
