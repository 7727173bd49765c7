"""Does every pod keep to what "restricted" allows, know its bounds, and get the time to stop?"""

from manifests.render import containers, name_of, of_kind, workloads
from manifests.stopping import DRAIN, MARGIN

# The kinds of volumes that restricted pods may have, and ours do.
_VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"}


def findings(objects: list) -> list:
    found = []
    for thing, template in workloads(objects):
        for problem in [*_of_pod(template["spec"]), *_of_containers(template)]:
            found.append(f"{name_of(thing)}: {problem}")
    for thing in of_kind(objects, "Deployment"):
        found += [f"{name_of(thing)}: {problem}" for problem in _of_program(thing)]
    for thing in of_kind(objects, "Namespace"):
        labels = thing["metadata"].get("labels", {})
        if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
            found.append(f"{name_of(thing)}: does not enforce restricted")
    return found


def _of_pod(spec: dict):
    security = spec.get("securityContext", {})
    if not security.get("runAsNonRoot") or not security.get("runAsUser"):
        yield "may run as root"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "has no seccomp profile"
    for share in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(share):
            yield f"shares the machine's: {share}"
    if spec.get("automountServiceAccountToken") is not False:
        yield "gets a token for the API server"
    if spec.get("serviceAccountName", "default") == "default":
        yield "has no service account of its own"
    for volume in spec.get("volumes", []):
        if not _VOLUMES & set(volume):
            yield f"volume {volume['name']} is of a kind that restricted pods do not have"
        yield from _of_secrets(volume, security.get("fsGroup"))


def _of_secrets(volume: dict, group):
    """Files of secrets belong to root and the pod's group; who runs in it is not root."""
    source = volume.get("secret") or volume.get("projected")
    if not source:
        return
    items = [item for part in [source, *(each.get("secret", {}) for each in
                                         source.get("sources", []))]
             for item in part.get("items", [])]
    for mode in {source.get("defaultMode", 0o644), *(item["mode"] for item in items
                                                     if "mode" in item)}:
        if not group or not mode & 0o040:
            yield f"volume {volume['name']} cannot be read by the program"
        if mode & 0o007:
            yield f"volume {volume['name']} may be used by others, too"


def _of_containers(template: dict):
    for container in containers(template):
        name = container["name"]
        security = container.get("securityContext", {})
        if security.get("allowPrivilegeEscalation") is not False:
            yield f"{name} may gain privileges"
        if security.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{name} keeps capabilities"
        if security.get("capabilities", {}).get("add"):
            yield f"{name} adds capabilities"
        if security.get("privileged"):
            yield f"{name} is privileged"
        # What the pod says is overruled by what a container says.
        if security.get("runAsUser") == 0 or security.get("runAsNonRoot") is False:
            yield f"{name} may run as root"
        if security.get("seccompProfile", {"type": "RuntimeDefault"})["type"] != "RuntimeDefault":
            yield f"{name} has no seccomp profile"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield f"{name} takes a port of the machine"
        if security.get("readOnlyRootFilesystem") is not True:
            yield f"{name} may write to its image"
        tag = container["image"].rpartition("/")[2].partition(":")[2]
        if tag in ("", "latest"):
            yield f"{name}'s image {container['image']} is not a certain one"
        if not container.get("command"):
            yield f"{name} does not say what it runs"
        resources = container.get("resources", {})
        for bound in ("requests", "limits"):
            if not {"cpu", "memory"} <= set(resources.get(bound, {})):
                yield f"{name} has no {bound} for cpu and memory"


def _of_program(thing: dict):
    name, spec = thing["metadata"]["name"], thing["spec"]["template"]["spec"]
    [program] = spec["containers"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if program.get(probe, {}).get("httpGet", {}).get("port") != "ops":
            yield f"has no {probe} on the ops port"
    pause = int(program["lifecycle"]["preStop"]["exec"]["command"][-1])
    if name not in DRAIN:
        yield "nobody has said how long it takes to stop"
    elif spec.get("terminationGracePeriodSeconds", 30) < pause + DRAIN[name] + MARGIN:
        yield (f"is killed before it has stopped, which may take {pause} + {DRAIN[name]} s, "
               f"with less than {MARGIN} s to spare")
    if not spec.get("topologySpreadConstraints"):
        yield "may have all replicas on one machine"
