"""Careless pods, and what does not fit them, are found: each mistake is made where all is right."""

import re

import pytest

from manifests import pods, stopping, wiring
from manifests.render import ROOT, containers, find, of_kind, workloads
from manifests.seeding import only, pod_of, program


def security(pod: dict) -> dict:
    """Of the program."""
    return pod["containers"][0]["securityContext"]


def tls(pod: dict) -> dict:
    """The volume with the program's key."""
    return next(volume["secret"] for volume in pod["volumes"] if volume["name"] == "tls")


def database(pod: dict) -> dict:
    return next(volume["projected"] for volume in pod["volumes"] if volume["name"] == "database")


@pytest.mark.parametrize("change, complaint", [
    (lambda pod: pod["securityContext"].pop("runAsNonRoot"), "may run as root"),
    (lambda pod: pod["securityContext"].pop("runAsUser"), "may run as root"),
    (lambda pod: security(pod).update(runAsUser=0), "program may run as root"),
    (lambda pod: security(pod).update(runAsNonRoot=False), "program may run as root"),
    (lambda pod: pod["securityContext"].pop("seccompProfile"), "has no seccomp"),
    (lambda pod: pod["securityContext"].update(seccompProfile={"type": "Unconfined"}),
     "has no seccomp"),
    (lambda pod: security(pod).update(seccompProfile={"type": "Unconfined"}),
     "program has no seccomp"),
    (lambda pod: pod.update(hostNetwork=True), "hostNetwork"),
    (lambda pod: pod.update(hostPID=True), "hostPID"),
    (lambda pod: pod["containers"][0]["ports"][0].update(hostPort=80), "port of the machine"),
    (lambda pod: security(pod).update(privileged=True), "program is privileged"),
    (lambda pod: security(pod).update(allowPrivilegeEscalation=True), "may gain privileges"),
    (lambda pod: security(pod)["capabilities"].update(add=["NET_ADMIN"]), "adds capabilities"),
    (lambda pod: security(pod)["capabilities"].update(drop=[]), "keeps capabilities"),
    (lambda pod: pod.pop("automountServiceAccountToken"), "token for the API server"),
    (lambda pod: pod.pop("serviceAccountName"), "no service account of its own"),
    (lambda pod: pod["volumes"].append({"name": "host", "hostPath": {"path": "/"}}), "volume host"),
    (lambda pod: tls(pod).update(defaultMode=0o400), "volume tls cannot be read"),
    (lambda pod: tls(pod).pop("defaultMode"), "volume tls may be used by others"),
    (lambda pod: tls(pod).update(items=[{"key": "tls.key", "path": "tls.key", "mode": 0o400}]),
     "volume tls cannot be read"),
    (lambda pod: database(pod)["sources"][1]["secret"]["items"][0].update(mode=0o444),
     "volume database may be used by others"),
    (lambda pod: pod["containers"][0].update(image="fightsftickets"), "not a certain one"),
    (lambda pod: pod["containers"][0].update(image="a.example:5000/x:latest"), "not a certain one"),
    (lambda pod: pod["containers"][0].pop("command"), "does not say what it runs"),
    (lambda pod: pod["containers"][0]["resources"].pop("limits"), "no limits"),
    (lambda pod: pod["initContainers"][0]["securityContext"].pop("readOnlyRootFilesystem"),
     "await-schema may write"),
    (lambda pod: pod["containers"][0].pop("readinessProbe"), "no readinessProbe"),
    (lambda pod: pod.pop("topologySpreadConstraints"), "all replicas on one machine"),
    (lambda pod: pod.update(terminationGracePeriodSeconds=79), "5 + 84"),
])
def test_a_careless_pod_is_found(objects, change, complaint):
    change(pod_of(objects, "fulfillment"))
    assert complaint in only(pods.findings(objects))


def test_files_that_no_group_may_read_are_found(objects):
    pod = pod_of(objects, "gateway")
    del pod["securityContext"]["fsGroup"]
    assert pods.findings(objects) == [
        f"Deployment/gateway: volume {name} cannot be read by the program"
        for name in ("tls", "operators")]


def test_a_namespace_that_lets_everything_in_is_found(objects):
    [namespace] = of_kind(objects, "Namespace")
    namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "baseline"
    assert "does not enforce restricted" in only(pods.findings(objects))


# --- how long they may take to stop

@pytest.mark.parametrize("name, rules", [
    ("intake", ("kLookup", "kChange", "kCheckout", "kUpload", "kWebhook")),
    ("payment", ("kChange", "kCheckout", "kPatient")),
    ("fulfillment", ("kPreview", "kPrinterWebhook"))])
def test_calls_under_way_may_take_as_long_as_their_routes(name, rules):
    assert max(map(stopping.deadline, rules)) <= stopping.CALLS[name]


def test_the_gateway_cuts_off_later_than_any_route_ends():
    routes = (ROOT / "gateway" / "routes.cc").read_text(encoding="utf-8")
    deadlines = [int(each) for each in re.findall(r"\bseconds\((\d+)\)", routes)]
    assert len(deadlines) > 10 and max(deadlines) < stopping.CALLS["gateway"]


def test_the_time_that_fulfillments_page_asks_for_is_enough():
    asked = stopping.number("services/fulfillment/README.md", r"Give the process (\d+) seconds")
    assert asked >= stopping.DRAIN["fulfillment"]


@pytest.mark.parametrize("name", stopping.DRAIN)
def test_what_takes_longer_than_its_pod_is_given_is_found(objects, monkeypatch, name):
    monkeypatch.setitem(stopping.DRAIN, name, stopping.DRAIN[name] + 30)
    assert "is killed before it has stopped" in only(pods.findings(objects))


def test_a_time_that_the_code_does_not_name_any_more_is_noticed():
    with pytest.raises(ValueError, match="gateway/main.cc has 0 of"):
        stopping.seconds("gateway/main.cc", "kDrain")


# --- what stands beside them

@pytest.mark.parametrize("kind, name, change, complaint", [
    ("Service", "payment", lambda spec: spec.pop("clusterIP"), "stay with one replica"),
    ("Service", "payment", lambda spec: spec["ports"][0].update(targetPort="grcp"),
     "leads to port grcp, which payment has not"),
    ("Service", "gateway", lambda spec: spec["ports"][0].update(targetPort=8080),
     "leads to port 8080, which gateway has not"),
    ("HorizontalPodAutoscaler", "payment", lambda spec: spec["scaleTargetRef"].update(name="pay"),
     "scales Deployment/pay, which is not there"),
    ("HorizontalPodAutoscaler", "payment",
     lambda spec: spec["metrics"][0]["containerResource"].update(container="payment"),
     "a container that is not there"),
    ("Certificate", "payment", lambda spec: spec["issuerRef"].update(name="others"),
     "signed by Issuer/others, which is not there"),
    ("Certificate", "authority", lambda spec: spec.pop("isCA"),
     "signs with authority, which no authority's certificate makes"),
    ("Deployment", "payment", lambda spec: spec["template"]["spec"].pop("initContainers"),
     "does not wait for its schema"),
])
def test_what_does_not_fit_the_pods_is_found(objects, kind, name, change, complaint):
    change(find(objects, kind, name)["spec"])
    assert complaint in only(wiring.findings(objects))


@pytest.mark.parametrize("kind, name, complaint", [
    ("PodDisruptionBudget", "gateway", "Deployment/gateway: may lose all replicas"),
    ("Certificate", "authority", "Issuer/programs: signs with authority"),
])
def test_what_is_missing_beside_the_pods_is_found(objects, kind, name, complaint):
    objects.remove(find(objects, kind, name))
    assert complaint in only(wiring.findings(objects))


@pytest.mark.parametrize("name, pods_of", [("programs", 4), ("postgres", 1)])
def test_a_monitor_of_a_port_that_there_is_not_is_found(objects, name, pods_of):
    find(objects, "PodMonitor", name)["spec"]["podMetricsEndpoints"][0]["port"] = "opps"
    found = wiring.findings(objects)
    assert len(found) == pods_of and "reads port opps" in found[0]


def test_a_headless_service_of_another_port_is_found(objects):
    find(objects, "Service", "intake")["spec"]["ports"][0]["port"] = 80
    assert "is headless, so 80 is not led to 50051" in wiring.findings(objects)[0]


@pytest.mark.parametrize("target", ["dns:///intakes:50051", "dns:///intake:50052", "intake"])
def test_a_target_that_is_no_service_is_found(objects, target):
    for settings in of_kind(objects, "ConfigMap"):
        if "FSFT_INTAKE_TARGET" in settings["data"]:
            settings["data"]["FSFT_INTAKE_TARGET"] = target
    found = wiring.findings(objects)
    assert len(found) == 4
    assert f"FSFT_INTAKE_TARGET={target} is no service" in found[0]


def test_images_of_two_versions_are_found(objects):
    for _, template in workloads(objects):
        for container in containers(template):
            if "migrate" in container["image"]:
                container["image"] = container["image"].replace("0.1.0", "0.1.1")
    assert "images are of different versions" in only(wiring.findings(objects))
    assert program(objects, "intake")["image"].endswith(":0.1.0")
