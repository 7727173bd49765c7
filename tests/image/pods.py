"""A container of the manifests, as arguments of podman."""

import re
import shutil
from pathlib import Path

from image.storage import LIMITS

_UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


class Pods:
    """Makes such arguments. `secrets`: name -> {key: text}; `config_maps` likewise.

    Secrets lie as files below `directory`, as the kubelet lays them. Programs share the machine's
    network, on ports of the harness: so some variables are others than in the manifests.
    """

    def __init__(self, directory: Path, secrets: dict, config_maps: dict, names: list):
        self._directory = directory
        self._secrets = secrets
        self._config_maps = config_maps
        self._names = names

    def arguments(self, name: str, template: dict, container: dict, version: str,
                  changes: dict = None) -> list:
        """What follows `podman run`."""
        pod = template["spec"]
        variables = {**self._variables(container), **(changes or {})}
        return ["--name", name, *_identity(pod), *_confinement(container), *_limits(container),
                "--network", "host", *(f"--add-host={host}:127.0.0.1" for host in self._names),
                *(f"--env={key}={value}" for key, value in variables.items()),
                *self._mounts(name, pod, container),
                *(["--workdir", container["workingDir"]] if "workingDir" in container else []),
                f"localhost/{container['image'].rpartition('/')[2].partition(':')[0]}:{version}",
                *container["command"]]

    def _variables(self, container: dict) -> dict:
        found = {}
        for source in container.get("envFrom", []):
            found |= self._config_maps[source["configMapRef"]["name"]]
        for variable in container.get("env", []):
            value = variable.get("value", "")
            if "valueFrom" in variable:
                reference = variable["valueFrom"]["secretKeyRef"]
                value = self._secrets[reference["name"]][reference["key"]]
            found[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda match: found[match[1]], value)
        return found

    def _mounts(self, name: str, pod: dict, container: dict) -> list:
        volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
        found = []
        for mount in container.get("volumeMounts", []):
            volume = volumes[mount["name"]]
            if "emptyDir" in volume:
                size = quantity(volume["emptyDir"]["sizeLimit"])
                found.append(f"--tmpfs={mount['mountPath']}:rw,size={size},mode=1777")
                continue
            source = self._directory / name / mount["name"]
            if "persistentVolumeClaim" in volume:
                source = self._directory / "claims" / mount["name"]
                _give(source, pod, 0o2770)
            else:
                self._lay(source, volume, pod)
            mode = "ro" if mount.get("readOnly") else "rw"
            found.append(f"--volume={source}:{mount['mountPath']}:{mode}")
        return found

    def _lay(self, place: Path, volume: dict, pod: dict):
        """The files of a volume of secrets."""
        shutil.rmtree(place, ignore_errors=True)
        _give(place, pod, 0o750)
        source = volume.get("secret") or volume["projected"]
        parts = source.get("sources") or [{"secret": {**source, "name": source["secretName"]}}]
        for part in (part["secret"] for part in parts):
            if part["name"] not in self._secrets and part.get("optional"):
                continue
            values = self._secrets[part["name"]]
            items = part.get("items") or [{"key": key, "path": key} for key in values]
            for item in items:
                path = place / item["path"]
                path.write_text(values[item["key"]], encoding="utf-8")
                _give(path, pod, source["defaultMode"])


def quantity(text: str) -> int:
    """Bytes."""
    number, unit = re.fullmatch(r"(\d+)(\w*)", text).groups()
    return int(number) * _UNITS[unit]


def cores(text: str) -> float:
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)


def _give(path: Path, pod: dict, mode: int):
    """To root and the pod's group, as fsGroup does."""
    if not path.exists():
        path.mkdir(parents=True)
    shutil.chown(path, 0, pod["securityContext"]["fsGroup"])
    path.chmod(mode)


def _identity(pod: dict) -> list:
    security = pod["securityContext"]
    return ["--user", f"{security['runAsUser']}:{security['runAsGroup']}",
            "--group-add", str(security["fsGroup"])]


def _confinement(container: dict) -> list:
    security = container["securityContext"]
    assert security == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]}}, "podman is told of no more than this"
    # Kubernetes makes no /tmp that can be written to, and podman does unless told.
    return ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all",
            "--security-opt=no-new-privileges"]


def _limits(container: dict) -> list:
    limits = container["resources"]["limits"]
    memory = quantity(limits["memory"])
    return [f"--cpus={cores(limits['cpu'])}", f"--memory={memory}", f"--memory-swap={memory}",
            *LIMITS]
