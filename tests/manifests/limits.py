"""Do all replicas together stay within what PostgreSQL and the printer take from them?"""

import math
import re

from manifests.render import find, of_kind

# Of the connections; the rest is for migrations, backups, and a person who looks.
SHARE = 0.8
# Of the log's volume, for a standby that is gone; the rest is for what is not archived yet.
LOG_SHARE = 0.7
# Requests a second to one endpoint of Lob's by one account (services/fulfillment/README.md).
LOB_PER_SECOND = 30
_UNITS = {"M": 2**20, "G": 2**30, "T": 2**40}


def settings(objects: list, deployment: dict) -> dict:
    """The environment of the program, as its ConfigMaps give it."""
    found = {}
    [program] = deployment["spec"]["template"]["spec"]["containers"]
    for source in program.get("envFrom", []):
        found |= find(objects, "ConfigMap", source["configMapRef"]["name"])["data"]
    return found


def most_replicas(objects: list, deployment: dict) -> int:
    """How many may be wanted."""
    name = deployment["metadata"]["name"]
    for scaler in of_kind(objects, "HorizontalPodAutoscaler"):
        if scaler["spec"]["scaleTargetRef"]["name"] == name:
            return scaler["spec"]["maxReplicas"]
    return deployment["spec"].get("replicas", 1)


def most_pods(objects: list, deployment: dict) -> int:
    """How many may run at a time: those wanted, those that an update adds, and those still leaving.

    A pod that is told to stop counts no more for Kubernetes, but it keeps its connections until it
    is gone. The next one is told so minReadySeconds later.
    """
    spec = deployment["spec"]
    replicas = most_replicas(objects, deployment)
    rolling = spec["strategy"]["rollingUpdate"]
    step = rolling["maxSurge"] + rolling["maxUnavailable"]
    grace = spec["template"]["spec"]["terminationGracePeriodSeconds"]
    settling = spec.get("minReadySeconds", 0)
    leaving = math.ceil(grace / settling) * step if settling else replicas
    return replicas + rolling["maxSurge"] + min(replicas, leaving)


def connections(objects: list) -> dict:
    """Deployment -> the connections that it may have at a time."""
    found = {}
    for deployment in of_kind(objects, "Deployment"):
        pool = settings(objects, deployment).get("FSFT_DB_POOL_SIZE")
        if pool:
            found[deployment["metadata"]["name"]] = most_pods(objects, deployment) * int(pool)
    return found


def findings(objects: list) -> list:
    return [*_of_connections(objects), *_of_pools(objects), *_of_pace(objects),
            *_of_slots(objects)]


def _of_connections(objects: list):
    wanted = connections(objects)
    for cluster in of_kind(objects, "Cluster"):
        most = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
        if sum(wanted.values()) > SHARE * most:
            yield (f"Cluster/{cluster['metadata']['name']}: {sum(wanted.values())} connections "
                   f"({wanted}) are more than {SHARE} of {most}")


def _of_pools(objects: list):
    """A default that changes would be counted by nobody."""
    for deployment in of_kind(objects, "Deployment"):
        values = settings(objects, deployment)
        if "FSFT_DATABASE_URL_FILE" in values and "FSFT_DB_POOL_SIZE" not in values:
            yield f"Deployment/{deployment['metadata']['name']}: does not say its FSFT_DB_POOL_SIZE"


def _of_pace(objects: list):
    for deployment in of_kind(objects, "Deployment"):
        pace = int(settings(objects, deployment).get("FSFT_LOB_REQUESTS_PER_SECOND", 0))
        # Those that leave have stopped posting.
        pods = most_replicas(objects, deployment)
        pods += deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
        if pods * pace > LOB_PER_SECOND:
            yield (f"Deployment/{deployment['metadata']['name']}: {pods} replicas of {pace} a "
                   f"second are more than Lob's {LOB_PER_SECOND}")


def _size(text: str) -> int:
    """Bytes, as PostgreSQL and Kubernetes write them; ValueError."""
    match = re.fullmatch(r"(\d+)([MGT])[Bi]", text)
    if not match:
        raise ValueError(f"{text} is no size")
    return int(match[1]) * _UNITS[match[2]]


def _of_slots(objects: list):
    """A full volume stops the primary, and a standby that is gone must not."""
    for cluster in of_kind(objects, "Cluster"):
        spec = cluster["spec"]
        volume = spec.get("walStorage", spec["storage"])["size"]
        kept = spec["postgresql"]["parameters"].get("max_slot_wal_keep_size")
        if kept in (None, "-1") or _size(kept) > LOG_SHARE * _size(volume):
            yield (f"Cluster/{cluster['metadata']['name']}: max_slot_wal_keep_size {kept} is more "
                   f"than {LOG_SHARE} of the log's volume, {volume}")
