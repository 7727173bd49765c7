"""A policy that says too little or too much is found: each is made of one that is right."""

import pytest

from manifests import network
from manifests.render import K8S, find, of_kind, render
from manifests.seeding import only

EVERYWHERE = {"ipBlock": {"cidr": "0.0.0.0/0"}}
POLICIES = sorted(thing["metadata"]["name"] for thing in of_kind(
    render(K8S / "overlays" / "production"), "NetworkPolicy"))


def spec(objects: list, name: str) -> dict:
    return find(objects, "NetworkPolicy", name)["spec"]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_is_missing_is_missed(objects, name):
    objects.remove(find(objects, "NetworkPolicy", name))
    assert network.findings(objects)


def test_one_who_may_say_what_the_other_may_not_hear_is_found(objects):
    del spec(objects, "intake")["ingress"][0]["from"][1]
    assert only(network.findings(objects)) == (
        "NetworkPolicy: ('intake', 'ingress', 'payment', 'TCP 50051') is missing")


@pytest.mark.parametrize("name, direction, rule, way", [
    ("postgres", "ingress", {}, "('postgres', 'ingress', 'anybody', 'TCP every port')"),
    ("postgres", "ingress", {"from": []}, "('postgres', 'ingress', 'anybody', 'TCP every port')"),
    ("payment", "ingress", {"from": [EVERYWHERE]},
     "('payment', 'ingress', '0.0.0.0/0', 'TCP every port')"),
    ("payment", "egress", {"to": [EVERYWHERE], "ports": [{"port": 443}]},
     "('payment', 'egress', '0.0.0.0/0', 'TCP 443')"),
    ("intake", "ingress", {"from": [{"namespaceSelector": {}}], "ports": [{"port": "grpc"}]},
     "('intake', 'ingress', 'namespace every one', 'TCP 50051')"),
    ("intake", "ingress", {"from": [{"namespaceSelector": {}, "podSelector": {
        "matchLabels": {"app.kubernetes.io/name": "gateway"}}}], "ports": [{"port": "grpc"}]},
     "('intake', 'ingress', 'namespace every one, pods app.kubernetes.io/name=gateway', "
     "'TCP 50051')"),
    ("intake", "ingress", {"from": [{"podSelector": {}}], "ports": [{"port": "grpc"}]},
     "('intake', 'ingress', 'every pod', 'TCP 50051')"),
    ("gateway", "egress", {"ports": [{"port": 5432}], "to": [
        {"podSelector": {"matchLabels": {"cnpg.io/cluster": "postgres"}}}]},
     "('gateway', 'egress', 'postgres', 'TCP 5432')"),
    ("intake", "egress", {"to": [EVERYWHERE], "ports": [{"port": 1, "endPort": 65535}]},
     "('intake', 'egress', '0.0.0.0/0', 'TCP 1-65535')"),
    ("intake", "egress", {"ports": [{"port": 443}]}, "('intake', 'egress', 'anybody', 'TCP 443')"),
    ("intake", "egress", {}, "('intake', 'egress', 'anybody', 'TCP every port')"),
    ("intake", "ingress", {"from": [{"podSelector": {"matchLabels": {
        "app.kubernetes.io/name": "gateway"}}}], "ports": [{"port": "grpc", "protocol": "UDP"}]},
     "('intake', 'ingress', 'gateway', 'UDP 50051')"),
])
def test_a_rule_too_many_is_found(objects, name, direction, rule, way):
    spec(objects, name).setdefault(direction, []).append(rule)
    assert only(network.findings(objects)) == f"NetworkPolicy: {way} is too much"


def test_a_block_without_its_exceptions_is_another(objects):
    block = spec(objects, "payment")["egress"][-1]["to"][0]["ipBlock"]
    del block["except"]
    assert network.findings(objects) == [
        f"NetworkPolicy: ('payment', 'egress', '{network.WORLD[0]}', 'TCP 443') is missing",
        "NetworkPolicy: ('payment', 'egress', '0.0.0.0/0', 'TCP 443') is too much"]


def test_one_exception_less_is_found(objects):
    spec(objects, "fulfillment")["egress"][-1]["to"][0]["ipBlock"]["except"].remove("10.0.0.0/8")
    assert len(network.findings(objects)) == 2 * 3


def test_a_rule_that_its_policy_does_not_enforce_does_not_count(objects):
    spec(objects, "intake")["policyTypes"] = ["Egress"]
    assert len(network.findings(objects)) == 3


def test_a_port_by_a_name_that_there_is_not_is_found(objects):
    spec(objects, "gateway-from-ingress")["ingress"][0]["ports"][0]["port"] = "https"
    assert "'TCP https') is too much" in "\n".join(network.findings(objects))


def test_what_no_policy_names_is_forbidden(objects):
    objects.remove(find(objects, "NetworkPolicy", "default-deny"))
    assert "is not forbidden" in only(network.findings(objects))
