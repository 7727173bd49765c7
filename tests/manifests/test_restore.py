"""Each environment is restored as itself: its database begins in another way, and nothing is mailed
meanwhile.
"""

import re

import pytest

from manifests import limits
from manifests.render import K8S, find, of_kind, render

NAMESPACES = {"staging": "fightsftickets-staging", "production": "fightsftickets"}
RUNBOOK = (K8S / "README.md").read_text(encoding="utf-8")


@pytest.fixture(name="pair", params=sorted(NAMESPACES))
def _pair(request) -> tuple:
    """The environment's name, its objects, and those that restore it."""
    overlays = K8S / "overlays"
    return (request.param, render(overlays / request.param),
            render(overlays / f"restore-{request.param}"))


def archive(cluster: dict) -> str:
    """Where a cluster archives to: by its own name, if it does not say."""
    return cluster["spec"]["plugins"][0]["parameters"].get("serverName", "postgres")


def test_it_is_restored_into_its_own_namespace(pair):
    environment, own, restored = pair
    for objects in (own, restored):
        assert {thing["metadata"].get("namespace", thing["metadata"]["name"])
                for thing in objects} == {NAMESPACES[environment]}


def test_only_the_database_and_fulfillments_settings_are_different(pair):
    _, own, restored = pair
    different = [thing for thing in restored if thing not in own]
    assert sorted((thing["kind"], re.sub("-[^-]*$", "", thing["metadata"]["name"]))
                  for thing in different if thing["kind"] != "Deployment") == [
                      ("Cluster", "postgres"), ("ConfigMap", "fulfillment")]
    assert of_kind(different, "Deployment") == [find(restored, "Deployment", "fulfillment")]
    assert len(own) == len(restored)


def test_nothing_is_mailed_before_stripe_was_asked(pair):
    before, meanwhile = (limits.settings(objects, find(objects, "Deployment", "fulfillment"))
                         for objects in pair[1:])
    assert meanwhile == {**before, "FSFT_WORKERS": "off"}
    assert "FSFT_WORKERS" not in before


def test_it_comes_out_of_the_archive_that_there_is_and_goes_into_a_new_one(pair):
    _, own, restored = pair
    cluster = find(restored, "Cluster", "postgres")
    [source] = cluster["spec"]["externalClusters"]
    assert cluster["spec"]["bootstrap"]["recovery"]["source"] == source["name"]
    before = archive(find(own, "Cluster", "postgres"))
    assert source["plugin"]["parameters"]["serverName"] == before
    assert archive(cluster) not in (before, "postgres")


def test_the_erasure_ledger_is_on_a_volume_of_its_own(pair):
    for objects in pair[1:]:
        pod = find(objects, "Deployment", "intake")["spec"]["template"]["spec"]
        [container] = pod["containers"]
        names = [source["configMapRef"]["name"] for source in container["envFrom"]]
        settings = [find(objects, "ConfigMap", name)["data"] for name in names]
        [directory] = [each["FSFT_ERASURE_LEDGER_DIR"] for each in settings
                       if "FSFT_ERASURE_LEDGER_DIR" in each]
        [volume] = [mount["name"] for mount in container["volumeMounts"]
                    if mount["mountPath"] == directory]
        [claim] = [each["persistentVolumeClaim"]["claimName"] for each in pod["volumes"]
                   if each["name"] == volume]
        access = find(objects, "PersistentVolumeClaim", claim)["spec"]["accessModes"]
        assert access == ["ReadWriteMany"]


def test_the_runbook_restores_the_environment_that_it_is_told():
    section = RUNBOOK.partition("\n## Restore from backup\n")[2]
    assert re.findall(r"overlay=(\S+)", section) == ["k8s/overlays/restore-$env"]
    assert set(re.findall(r"kubectl apply -k (\S+)", section)) == {"$overlay", "k8s/overlays/$env"}


def test_who_leaves_the_jobs_out_leaves_out_both_of_them_and_nothing_else(pair):
    """Of a selector that the runbook applies with."""
    [(label, value)] = set(re.findall(r"kubectl apply -k \S+ -l '(\S+)!=(\S+)'", RUNBOOK))
    assert f"-l {label}={value}\n" in RUNBOOK
    for objects in pair[1:]:
        assert {(thing["kind"], thing["metadata"]["name"]) for thing in objects
                if thing["metadata"].get("labels", {}).get(label) == value} == {
                    ("Job", "migrate"), ("Job", "cities")}
