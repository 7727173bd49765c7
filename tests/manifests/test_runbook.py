"""The runbook names what there is: routes, lists, objects, files, and Stripe's events."""

import re

import pytest
import yaml

from manifests.render import K8S, ROOT, render

TEXT = (K8S / "README.md").read_text(encoding="utf-8")
OPENAPI = yaml.load((ROOT / "gateway" / "openapi.yaml").read_text(encoding="utf-8"),
                    yaml.CSafeLoader)
PRODUCTION = {(thing["kind"], thing["metadata"]["name"])
              for thing in render(K8S / "overlays" / "production")}
# Its operator makes this one; and a word that stands for any.
OTHERS = {("Deployment", "PROGRAM"), ("Deployment", "…"), ("Deployment", "$program")}


def calls() -> set:
    """Pairs (method, path) of `api /path` and `api /path '{…}'`, which posts."""
    found = re.findall(r"\bapi \"?(/[\w/-]+)(\?\w+=\w+)?\"?( '\{)?", TEXT)
    return {("POST" if body else "GET", path) for path, _, body in found}


def operation(method: str, path: str):
    pattern = path.replace("PAYMENT_ID", "X")
    for known, operations in OPENAPI["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", r"\\w+", known), pattern):
            return operations.get(method.lower())
    return None


@pytest.mark.parametrize("method, path", sorted(calls()))
def test_a_call_of_the_api_is_one_that_it_has(method, path):
    assert operation(method, path), f"{method} {path}"


def test_calls_are_found():
    assert ("POST", "/api/admin/reconcile") in calls()
    assert ("GET", "/api/admin/stats") in calls()
    assert operation("POST", "/api/admin/nothing") is None


@pytest.mark.parametrize("path, name", sorted(set(re.findall(
    r"(/api/admin/\w+)\?list=(\w+)", TEXT))))
def test_a_list_is_one_that_the_api_has(path, name):
    [parameter] = [each for each in operation("GET", path)["parameters"]
                   if each.get("name") == "list"]
    assert name in parameter["schema"]["enum"]


@pytest.mark.parametrize("kind, name", sorted(set(re.findall(
    r"\b(deployment|job|cluster|service)/([\w$…-]+)", TEXT))))
def test_an_object_is_one_of_the_manifests(kind, name):
    assert (kind.capitalize(), name) in PRODUCTION | OTHERS


def test_links_within_the_page_lead_somewhere():
    titles = re.findall(r"^#+ (.*)$", TEXT, re.M)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    assert {link for link in re.findall(r"\]\(#([\w-]+)\)", TEXT) if link not in anchors} == set()


@pytest.mark.parametrize("path", sorted(set(re.findall(
    r"\b((?:k8s|schema|services|tests|overlays|base|image)/[\w./*-]*\w)",
    TEXT.replace("$env", "staging") + TEXT.replace("$env", "production")))))
def test_a_file_is_there(path):
    assert list(ROOT.glob(path)) or list(K8S.glob(path)), path


def test_the_webhook_has_the_events_that_the_list_is_read_for():
    source = (ROOT / "services" / "payment" / "event_catch_up.cc").read_text(encoding="utf-8")
    read = set(re.findall(r'^ +"([a-z_.]+)",$', source, re.M))
    assert "checkout.session.completed" in read
    step = TEXT.partition("* Stripe, `https://")[2].partition("* Lob")[0]
    assert set(re.findall(r"`((?:checkout|charge|refund)\.[a-z_.]+)`", step)) == read
