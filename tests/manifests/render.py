"""The manifests as kustomize renders them."""

import subprocess
from functools import lru_cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
K8S = ROOT / "k8s"
OVERLAYS = ("local", "staging", "production", "restore-staging", "restore-production")


@lru_cache(maxsize=None)
def tool(name: str) -> Path:
    """A file of those that fetch.sh fetches, once."""
    place = ROOT / "build" / "kubernetes"
    subprocess.run([Path(__file__).with_name("fetch.sh"), place], check=True)
    return place / "tools" / name


def render(directory: Path) -> list:
    """All objects of a kustomization."""
    done = subprocess.run([tool("kustomize"), "build", directory], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{directory} does not render:\n{done.stderr}")
    # Ten times as fast as the loader that is written in Python.
    return list(yaml.load_all(done.stdout, yaml.CSafeLoader))


def name_of(thing: dict) -> str:
    """Deployment/intake"""
    return f"{thing.get('kind')}/{thing.get('metadata', {}).get('name')}"


def of_kind(objects: list, *kinds: str) -> list:
    return [thing for thing in objects if thing["kind"] in kinds]


def find(objects: list, kind: str, name: str) -> dict:
    return next(thing for thing in of_kind(objects, kind) if thing["metadata"]["name"] == name)


def pod_template(thing: dict):
    """The pods that a workload makes, or None."""
    if thing["kind"] == "CronJob":
        return thing["spec"]["jobTemplate"]["spec"]["template"]
    if thing["kind"] in ("Deployment", "Job"):
        return thing["spec"]["template"]
    return None


def workloads(objects: list) -> list:
    """Pairs (object, pod template)."""
    return [(thing, pod_template(thing)) for thing in objects if pod_template(thing)]


def containers(template: dict) -> list:
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]
