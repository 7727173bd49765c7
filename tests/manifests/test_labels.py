"""Rules, their cases and the board speak of labels and values that shared/metrics/README.md has: a
misspelt one selects nothing, and an alert that selects nothing is quiet for ever.
"""

import re

import pytest

from e2e import documented
from manifests.test_rules import ALERTS, CASES, panel_queries, ringing, silent

KNOWN = {metric.name: metric for metric in documented.table()}
# Those that Prometheus adds, and that of a histogram's buckets.
ADDED = {"namespace": None, "pod": None, "le": None,
         "job": {"gateway", "intake", "payment", "fulfillment"}}
_SELECTOR = re.compile(r"(?:\b([a-z]\w*))?\{([^{}]*)\}")
_LABEL = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def selections(query: str) -> list:
    """Triples (metric, label, value) that a query's selectors name; a regular expression's words
    are values.
    """
    found = []
    for name, inside in _SELECTOR.findall(query):
        labels = _LABEL.findall(inside)
        names = [name] if name else [word for label, _, value in labels if label == "__name__"
                                     for word in value.split("|")]
        found += [(re.sub(r"_(bucket|sum|count)$", "", each), label, word)
                  for each in names for label, operator, value in labels if label != "__name__"
                  for word in (value.split("|") if "~" in operator else [value])]
    return found


def problems(query: str) -> list:
    """What the table does not have."""
    found = []
    for name, label, value in selections(query):
        if name not in KNOWN:  # of others; test_rules.py looks at the names
            continue
        labels = {**KNOWN[name].labels, **ADDED}
        if label not in labels:
            found.append(f"{name} has no label {label}")
        elif labels[label] is not None and value not in labels[label]:
            found.append(f"{name}'s {label} is never {value}")
    return found


def ungrouped(query: str) -> list:
    """Labels that are grouped by and that no metric of the query has."""
    names = {name for name in KNOWN if re.search(rf"\b{name}(_bucket|_sum|_count)?\b", query)}
    labels = {label for name in names for label in KNOWN[name].labels} | set(ADDED)
    grouped = {word for inside in re.findall(r"\bby \(([^)]*)\)", query)
               for word in re.findall(r"\w+", inside)}
    return sorted(grouped - labels) if names else []


def case_series() -> list:
    return sorted({series for case in CASES.values() for kind in (*ringing(case), *silent(case))
                   for series in kind if series != "looked_at"})


@pytest.mark.parametrize("query", [*(rule["expr"] for rule in ALERTS.values()), *panel_queries()])
def test_a_query_selects_and_groups_by_what_there_is(query):
    assert problems(query) + ungrouped(query) == []


@pytest.mark.parametrize("series", case_series())
def test_a_case_has_a_series_that_there_can_be(series):
    assert problems(series) == []


@pytest.mark.parametrize("query, problem", [
    ('letters_waiting{state="sent"} > 0', "letters_waiting's state is never sent"),
    ('letters_waiting{state=~"dead_letter|failed"}', "letters_waiting's state is never failed"),
    ('letters_waiting{state!="queue"}', "letters_waiting's state is never queue"),
    ('orders_waiting{status="review"}', "orders_waiting has no label status"),
    ('rate(stripe_event_delay_seconds_bucket{outcome="x"}[5m])',
     "stripe_event_delay_seconds has no label outcome"),
    ('{__name__=~"stripe_webhook_failures_total|up",reason="notstored"}',
     "stripe_webhook_failures_total's reason is never notstored"),
    ('work_errors_total{job="payments"}', "work_errors_total's job is never payments"),
])
def test_a_misspelt_selector_is_found(query, problem):
    assert problems(query) == [problem]


def test_a_label_that_nothing_has_is_not_grouped_by():
    assert ungrouped("sum by (namespace, cause) (mailing_paused)") == []
    assert ungrouped("sum by (namespace, reason) (mailing_paused)") == ["reason"]


def test_selectors_are_found_in_the_rules():
    found = [each for rule in ALERTS.values() for each in selections(rule["expr"])]
    assert ("letters_waiting", "state", "failed_at_printer") in found
    assert ("lob_webhook_failures_total", "reason", "not_stored") in found
