"""Does what stands beside the pods fit them: services, autoscalers, monitors, budgets, issuers?"""

import re

from manifests import limits
from manifests.network import Pods
from manifests.render import containers, name_of, of_kind, workloads


def findings(objects: list) -> list:
    return [f"{name_of(thing)}: {problem}" for kind, check in _CHECKS.items()
            for thing in of_kind(objects, kind) for problem in check(objects, thing)
            ] + list(_of_images(objects))


def _of_service(objects: list, thing: dict):
    pods, spec = Pods(objects), thing["spec"]
    for port in spec["ports"]:
        target = port.get("targetPort", port["port"])
        for name in pods.selected({"matchLabels": spec["selector"]}):
            numbers = pods.ports[name]
            number = numbers.get(target, target)
            if number not in numbers.values():
                yield f"leads to port {target}, which {name} has not"
            elif spec.get("clusterIP") == "None" and number != port["port"]:
                yield f"is headless, so {port['port']} is not led to {number}"
        if port["name"] == "grpc" and spec.get("clusterIP") != "None":
            yield "gives gRPC's clients one address, so they stay with one replica"


def _of_scaler(objects: list, thing: dict):
    target = thing["spec"]["scaleTargetRef"]
    found = [each for each in of_kind(objects, target["kind"])
             if each["metadata"]["name"] == target["name"]]
    names = {container["name"] for each in found
             for container in containers(each["spec"]["template"])}
    if not found:
        yield f"scales {target['kind']}/{target['name']}, which is not there"
    for metric in thing["spec"]["metrics"] if found else []:
        if metric["containerResource"]["container"] not in names:
            yield "goes by a container that is not there"


def _of_monitor(objects: list, thing: dict):
    pods = Pods(objects)
    for name in pods.selected(thing["spec"]["selector"]):
        for endpoint in thing["spec"]["podMetricsEndpoints"]:
            if endpoint["port"] not in pods.ports[name]:
                yield f"reads port {endpoint['port']}, which {name} has not"


def _of_deployment(objects: list, thing: dict):
    pods, name = Pods(objects), thing["metadata"]["name"]
    if not any(name in pods.selected(budget["spec"]["selector"])
               for budget in of_kind(objects, "PodDisruptionBudget")):
        yield "may lose all replicas to one drained machine, without a PodDisruptionBudget"
    values = limits.settings(objects, thing)
    gates = [container["command"] for container in
             thing["spec"]["template"]["spec"].get("initContainers", [])]
    if "FSFT_DATABASE_URL_FILE" in values and ["/usr/local/bin/await_schema"] not in gates:
        yield "does not wait for its schema"
    services = {(each["metadata"]["name"], port["port"])
                for each in of_kind(objects, "Service") for port in each["spec"]["ports"]}
    for variable, value in values.items():
        match = re.fullmatch(r"dns:///([\w-]+):(\d+)", value)
        if variable.endswith("_TARGET") and (
                not match or (match[1], int(match[2])) not in services):
            yield f"{variable}={value} is no service"


def _of_budget(_objects: list, thing: dict):
    if thing["spec"].get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
        yield "holds a machine back while no pod is ready"


def _of_issuer(objects: list, thing: dict):
    authorities = {each["spec"]["secretName"] for each in of_kind(objects, "Certificate")
                   if each["spec"].get("isCA")}
    secret = thing["spec"].get("ca", {}).get("secretName")
    if secret and secret not in authorities:
        yield f"signs with {secret}, which no authority's certificate makes"


def _of_certificate(objects: list, thing: dict):
    issuer = thing["spec"]["issuerRef"]
    known = {each["metadata"]["name"] for each in of_kind(objects, issuer["kind"])}
    if issuer["name"] not in known:
        yield f"is to be signed by {issuer['kind']}/{issuer['name']}, which is not there"


def _of_images(objects: list):
    """The schema is that of the programs."""
    images = {container["image"] for _, template in workloads(objects)
              for container in containers(template)}
    if len({image.rpartition(":")[2] for image in images}) > 1:
        yield f"images are of different versions: {' '.join(sorted(images))}"


_CHECKS = {"Service": _of_service, "HorizontalPodAutoscaler": _of_scaler, "PodMonitor": _of_monitor,
           "Deployment": _of_deployment, "PodDisruptionBudget": _of_budget, "Issuer": _of_issuer,
           "Certificate": _of_certificate}
