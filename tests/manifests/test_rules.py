"""The alerts ring when they should, lead to the runbook, and speak of metrics that there are."""

import json
import re
import subprocess

import pytest
import yaml

from manifests.render import K8S, ROOT, tool

MONITORING = K8S / "components" / "monitoring"
RULES = yaml.safe_load((MONITORING / "rules.yaml").read_text(encoding="utf-8"))["spec"]
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
CASES = yaml.safe_load((ROOT / "tests" / "manifests" / "alerts.yaml").read_text(encoding="utf-8"))
# Of Prometheus itself, and of those who look after PostgreSQL, certificates, jobs and volumes.
FOREIGN = {"up"}
FOREIGN_PREFIXES = ("barman_cloud_", "certmanager_", "cnpg_", "kube_", "kubelet_")
LOOKED_AT = "61m"
# What a case may say beside its series.
ASIDE = ("labels", "looked_at", "summary")


def promtool(*arguments, **options) -> str:
    done = subprocess.run([tool("promtool"), *arguments], check=False, capture_output=True,
                          text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def ring(name: str, case: dict) -> dict:
    """What promtool expects of the alert."""
    rule = ALERTS[name]
    return {"exp_labels": {**rule["labels"], **case["labels"]},
            "exp_annotations": {**rule["annotations"], **{"summary": case.get(
                "summary", rule["annotations"]["summary"])}}}


def ringing(case: dict) -> list:
    return [case["rings"], *case.get("rings_too", [])]


def silent(case: dict) -> list:
    return [case["quiet"], *case.get("quiet_too", [])]


def promtool_test(name: str, case: dict, series: dict, rings: bool) -> dict:
    return {"interval": "1m", "name": f"{name} {'rings' if rings else 'is quiet'}",
            "input_series": [{"series": key, "values": str(value)}
                             for key, value in series.items() if key not in ASIDE],
            "alert_rule_test": [{"eval_time": series.get("looked_at", LOOKED_AT),
                                 "alertname": name,
                                 "exp_alerts": [ring(name, {**case, **series})] if rings else []}]}


def test_no_series_is_read_as_a_hexadecimal_number():
    """promtool takes 0x60 for 96, once."""
    for case in CASES.values():
        for series in (*ringing(case), *silent(case)):
            assert not [values for values in series.values()
                        if re.search(r"(^| )0x", str(values))]


def write_tests(directory, tests: list):
    (directory / "rules.yaml").write_text(yaml.safe_dump(RULES), encoding="utf-8")
    (directory / "tests.yaml").write_text(yaml.safe_dump(
        {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests}),
        encoding="utf-8")


def test_every_alert_has_a_case_that_rings_and_one_that_does_not():
    assert {name for name, case in CASES.items() if case["rings"] and case["quiet"]} == set(ALERTS)


def test_the_alerts_ring_when_they_should(tmp_path):
    write_tests(tmp_path, [
        *(promtool_test(name, case, series, True)
          for name, case in CASES.items() for series in ringing(case)),
        *(promtool_test(name, case, series, False)
          for name, case in CASES.items() for series in silent(case))])
    assert "SUCCESS" in promtool("test", "rules", "tests.yaml", cwd=tmp_path)


def test_a_wrong_expectation_is_noticed(tmp_path):
    case = CASES["OldSnapshot"]
    write_tests(tmp_path, [promtool_test("OldSnapshot", case, case["quiet"], True)])
    with pytest.raises(AssertionError, match="OldSnapshot"):
        promtool("test", "rules", "tests.yaml", cwd=tmp_path)


def test_prometheus_accepts_the_rules(tmp_path):
    write_tests(tmp_path, [])
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", "--lint-fatal",
                                                    tmp_path / "rules.yaml")


def anchors() -> set:
    """What a link can lead to in the runbook."""
    text = (K8S / "README.md").read_text(encoding="utf-8")
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, re.M)}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_bad_it_is_and_leads_to_its_entry_in_the_runbook(name):
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in ("page", "ticket")
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert (path, anchor) == ("k8s/README.md", name.lower())
    assert anchor in anchors()


def test_the_runbook_has_no_entry_of_an_alert_that_there_is_not():
    text = (K8S / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^### (\w+)$", section, re.M)) == set(ALERTS)


def panel_queries() -> list:
    board = json.loads((MONITORING / "fightsftickets.json").read_text(encoding="utf-8"))
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def metrics_of(query: str) -> set:
    """The names of metrics in a query: words with an underscore, and `up`."""
    named = re.sub(r'__name__=~"([^"]*)"', r"\1", query)
    without_labels = re.sub(r'(\b\w+\s*(=~|!~|!=|=)\s*)?"[^"]*"', "", named)
    without_labels = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", "", without_labels)
    words = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\bup\b", without_labels))
    functions = set(re.findall(r"\b(\w+)\s*\(", without_labels))
    return {re.sub(r"_(bucket|sum|count)$", "", word) for word in words - functions}


@pytest.mark.parametrize("query, names", [
    ('max by (from_where) (a_b{c_d="e_f"}) > 0', {"a_b"}),
    ("histogram_quantile(0.9, rate(a_seconds_bucket[5m])) and up == 0", {"a_seconds", "up"}),
    ('increase({__name__=~"a_total|b_total",reason="c_d"}[1h])', {"a_total", "b_total"}),
    ('label_replace(a_b{c="d"}, "e_f", "$1", "g_h", "(.+)") > 0', {"a_b"}),
])
def test_metrics_are_found_in_queries(query, names):
    assert metrics_of(query) == names


@pytest.mark.parametrize("query", [*(rule["expr"] for rule in ALERTS.values()), *panel_queries()])
def test_a_query_speaks_of_metrics_that_are_documented(query):
    table = (ROOT / "shared" / "metrics" / "README.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([a-z0-9_]+)[`{]", table)) | FOREIGN
    names = metrics_of(query)
    assert names
    assert {name for name in names - documented if not name.startswith(FOREIGN_PREFIXES)} == set()
