"""The checks find the mistakes that they are for: each is made here in manifests that are right."""

import copy

import pytest
import yaml

from manifests import limits, network, pods, references, schema
from manifests.render import K8S, find, of_kind, render


@pytest.fixture(scope="module", name="right")
def _right():
    return render(K8S / "overlays" / "production")


@pytest.fixture(name="objects")
def _objects(right):
    return copy.deepcopy(right)


def program(objects: list, name: str) -> dict:
    """The container of a Deployment."""
    return find(objects, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]


def only(found: list) -> str:
    assert len(found) == 1, found
    return found[0]


# --- fields

def test_a_misspelt_field_is_found(objects):
    security = program(objects, "intake")["securityContext"]
    security["readOnlyRootFileSystem"] = security.pop("readOnlyRootFilesystem")
    found = schema.findings([find(objects, "Deployment", "intake")])
    assert "'readOnlyRootFileSystem' was unexpected" in only(found)


@pytest.mark.parametrize("kind, path, name", [
    ("Cluster", "postgresql.synchronous", "dataDurablity"),
    ("Certificate", "privateKey", "rotation"),
    ("PodMonitor", "selector", "matchLabel"),
    ("PrometheusRule", "", "group"),
    ("ObjectStore", "configuration", "destination"),
    ("ScheduledBackup", "cluster", "nam"),
    ("HorizontalPodAutoscaler", "scaleTargetRef", "kinds"),
    ("NetworkPolicy", "podSelector", "labels"),
])
def test_a_field_that_the_kind_does_not_have_is_found(objects, kind, path, name):
    thing = of_kind(objects, kind)[0]
    target = thing["spec"]
    for part in filter(None, path.split(".")):
        target = target[part]
    target[name] = "x"
    assert f"'{name}' was unexpected" in only(schema.findings([thing]))


@pytest.mark.parametrize("value, wrong", [("80", True), (True, True), (80, False)])
def test_a_value_must_be_of_its_type(objects, value, wrong):
    thing = find(objects, "Deployment", "gateway")
    thing["spec"]["replicas"] = value
    assert bool(schema.findings([thing])) == wrong


def test_a_kind_that_nobody_knows_is_found(objects):
    thing = find(objects, "Deployment", "gateway")
    thing["apiVersion"] = "apps/v1beta1"
    assert "nobody knows the kind apps/v1beta1/Deployment" in only(schema.findings([thing]))


def test_a_word_that_is_not_one_of_the_choices_is_found(objects):
    cluster = find(objects, "Cluster", "postgres")
    cluster["spec"]["postgresql"]["synchronous"]["method"] = "some"
    assert "'some' is not one of" in only(schema.findings([cluster]))


# --- pods

@pytest.mark.parametrize("change, complaint", [
    (lambda pod: pod["securityContext"].pop("runAsNonRoot"), "may run as root"),
    (lambda pod: pod["securityContext"].pop("runAsUser"), "may run as root"),
    (lambda pod: pod["securityContext"].pop("seccompProfile"), "seccomp"),
    (lambda pod: pod.pop("automountServiceAccountToken"), "token for the API server"),
    (lambda pod: pod["volumes"].append({"name": "host", "hostPath": {"path": "/"}}), "volume host"),
    (lambda pod: pod["containers"][0].update(image="fightsftickets"), "not a certain one"),
    (lambda pod: pod["containers"][0].update(image="a.example:5000/x:latest"), "not a certain one"),
    (lambda pod: pod["containers"][0]["resources"].pop("limits"), "no limits"),
    (lambda pod: pod["containers"][0]["securityContext"]["capabilities"].update(drop=[]),
     "capabilities"),
    (lambda pod: pod["initContainers"][0]["securityContext"].pop("readOnlyRootFilesystem"),
     "await-schema may write"),
    (lambda pod: pod["containers"][0].pop("readinessProbe"), "no readinessProbe"),
    (lambda pod: pod.update(terminationGracePeriodSeconds=79), "5 + 75"),
])
def test_a_careless_pod_is_found(objects, change, complaint):
    change(find(objects, "Deployment", "fulfillment")["spec"]["template"]["spec"])
    assert complaint in only(pods.findings(objects))


# --- what others take

def test_more_pools_than_connections_are_found(objects):
    parameters = find(objects, "Cluster", "postgres")["spec"]["postgresql"]["parameters"]
    wanted = sum(limits.connections(objects).values())
    parameters["max_connections"] = str(int(wanted / limits.SHARE))
    assert limits.findings(objects) == []
    find(objects, "HorizontalPodAutoscaler", "payment")["spec"]["maxReplicas"] += 1
    assert "are more than" in only(limits.findings(objects))


@pytest.mark.parametrize("grace, settling, most", [
    (45, 15, 2 + 1 + 2),  # three could be leaving, but there are two
    (30, 30, 2 + 1 + 1),
    (30, 0, 2 + 1 + 2),
])
def test_pods_that_are_leaving_count(grace, settling, most):
    deployment = {"kind": "Deployment", "metadata": {"name": "a"}, "spec": {
        "replicas": 2, "minReadySeconds": settling,
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {"spec": {"terminationGracePeriodSeconds": grace}}}}
    assert limits.most_pods([deployment], deployment) == most


def test_a_pool_that_nobody_has_sized_is_found(objects):
    for settings in of_kind(objects, "ConfigMap"):
        settings["data"].pop("FSFT_DB_POOL_SIZE", None)
    assert len(limits.findings(objects)) == 3


def test_more_letters_a_second_than_the_printer_takes_are_found(objects):
    find(objects, "Deployment", "fulfillment")["spec"]["replicas"] = 3
    assert "more than Lob's 30" in "\n".join(limits.findings(objects))


# --- names

def test_what_is_named_and_not_there_is_found(objects):
    pod = find(objects, "Deployment", "intake")["spec"]["template"]
    pod["spec"]["serviceAccountName"] = "intakes"
    pod["spec"]["volumes"].append({"name": "more", "secret": {"secretName": "nobodys"}})
    pod["spec"]["containers"][0]["envFrom"][0]["configMapRef"]["name"] = "commons"
    found = "\n".join(references.findings(objects))
    for complaint in ("no service account intakes", "what the secret nobodys holds",
                      "no ConfigMap commons"):
        assert complaint in found


@pytest.mark.parametrize("kind, where", [
    ("PodDisruptionBudget", ("selector", "matchLabels")), ("Service", ("selector",)),
    ("NetworkPolicy", ("podSelector", "matchLabels"))])
def test_a_selector_without_pods_is_found(objects, kind, where):
    selector = find(objects, kind, "payment")["spec"]
    for part in where:
        selector = selector[part]
    selector["app.kubernetes.io/name"] = "payments"
    assert "selects no pods" in only(references.findings(objects))


def test_a_certificate_of_another_name_is_found(objects):
    find(objects, "Certificate", "gateway")["spec"]["dnsNames"] = ["gateway", "payment"]
    assert "Deployment/gateway" in only(references.findings(objects))


# --- who speaks to whom

def test_one_who_may_say_what_the_other_may_not_hear_is_found(objects):
    rules = find(objects, "NetworkPolicy", "intake")["spec"]["ingress"]
    del rules[0]["from"][1]
    assert only(network.findings(objects)) == (
        "NetworkPolicy: ingress of ('payment', 'intake', 50051) is missing")


def test_an_edge_too_many_is_found(objects):
    rule = yaml.safe_load("to: [{podSelector: {}}]\nports: [{port: 5432}]")
    find(objects, "NetworkPolicy", "gateway")["spec"]["egress"].append(rule)
    assert "egress of ('gateway', 'postgres', 5432) is too much" in "\n".join(
        network.findings(objects))


@pytest.mark.parametrize("rule, port", [
    ({"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]}, 443),
    ({"ports": [{"port": 443}]}, 443),
    ({}, None)])
def test_a_way_out_too_many_is_found(objects, rule, port):
    find(objects, "NetworkPolicy", "intake")["spec"]["egress"].append(rule)
    assert only(network.findings(objects)).endswith(f"{{('intake', {port})}}")


def test_what_no_policy_names_is_forbidden(objects):
    objects.remove(find(objects, "NetworkPolicy", "default-deny"))
    assert "is not forbidden" in only(network.findings(objects))
