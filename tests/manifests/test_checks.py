"""The checks find the mistakes that they are for: each is made here in manifests that are right."""

import pytest

from manifests import limits, references, schema, wiring
from manifests.render import find, of_kind
from manifests.seeding import only, program


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


@pytest.mark.parametrize("kept", ["8GB", "1TB", "-1", None])
def test_a_standby_that_is_gone_does_not_fill_the_volume(objects, kept):
    parameters = find(objects, "Cluster", "postgres")["spec"]["postgresql"]["parameters"]
    parameters["max_slot_wal_keep_size"] = kept
    assert f"max_slot_wal_keep_size {kept} is more than" in only(limits.findings(objects))


def test_a_budget_that_waits_for_pods_that_are_not_ready_is_found(objects):
    del find(objects, "PodDisruptionBudget", "intake")["spec"]["unhealthyPodEvictionPolicy"]
    assert only(wiring.findings(objects)) == (
        "PodDisruptionBudget/intake: holds a machine back while no pod is ready")


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
