"""What tests of the checks have in common."""

from manifests.render import find


def pod_of(objects: list, name: str) -> dict:
    """The pods' spec of a Deployment."""
    return find(objects, "Deployment", name)["spec"]["template"]["spec"]


def program(objects: list, name: str) -> dict:
    """The container of a Deployment."""
    return pod_of(objects, name)["containers"][0]


def only(found: list) -> str:
    assert len(found) == 1, found
    return found[0]
