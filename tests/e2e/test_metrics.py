"""The metrics of every program are those of shared/metrics/README.md, and each of them moves."""

import re

import pytest

from e2e import documented
from e2e.customer import LETTER, appeal
from e2e.happenings import Happenings
from e2e.watching import OURS, Watch
from harness import invariants, traces
from harness.sandbox import Sandbox
from harness.suite import Suite, fresh_directory
from harness.template import write_private

# Lob's key and Stripe's secret are files, so that they can be wrong.
SETTINGS = {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1, "FSFT_DB_POOL_SIZE": 4,
            "FSFT_MAIL_LEASE_SECONDS": 4, "FSFT_MAIL_RETRY_MIN_SECONDS": 1}

# What is the same for as long as a program runs.
CONSTANT = {"fsft_build_info", "process_max_fds", "process_start_time_seconds", "db_pool_size",
            "db_server_connections_max"}

# What follows the unit's conventions is told by its name.
UNITS = ("seconds", "bytes")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# An id, a session, a citation, an address, an email, a phone number: anything that is somebody's.
SOMEBODYS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|cs_|evt_|ltr_|@|\d{3}|[0-9a-f]{16}", re.I)
# Labels whose values are numbers of a standard.
NUMBERED = {"code", "sqlstate", "le", "version"}
MOST_VALUES = 150


@pytest.fixture(scope="module", name="suite")
def _suite():
    directory = fresh_directory("test_metrics")
    write_private(directory / "lob-api-key-file", "test_the_key_of_the_metrics\n")
    write_private(directory / "stripe-webhook-secret-file", "whsec_of_the_metrics\n")
    settings = {**SETTINGS, "FSFT_LOB_API_KEY_FILE": directory / "lob-api-key-file",
                "FSFT_STRIPE_WEBHOOK_SECRETS_FILE": directory / "stripe-webhook-secret-file"}
    with Suite(directory, settings=settings) as suite:
        yield suite
        invariants.check(suite.cluster)


@pytest.fixture(scope="module", name="sandbox")
def _sandbox(suite):
    sandbox = Sandbox(suite.sandbox_url, suite.keys.stripe_secret_key)
    sandbox.set_webhook_secret("whsec_of_the_metrics")
    return sandbox


@pytest.fixture(scope="module", name="watch")
def _watch(suite, customer, sandbox):
    """One who has read the metrics while everything happened."""
    with Watch(suite) as watch:
        Happenings(suite, customer, sandbox, watch).everything()
        yield watch


def exposed(watch) -> dict:
    """(program, name) -> what was seen of it."""
    return {(program, name): seen for program in OURS
            for name, seen in watch.seen[program].items()}


def both(watch) -> list:
    """What was seen and its row, of all that is in both; the first test tells what is not."""
    seen, wanted = exposed(watch), rows()
    return [(where, seen[where], wanted[where]) for where in seen.keys() & wanted.keys()]


def rows() -> dict:
    """(program, name) -> its row of the table."""
    return {(program, metric.name): metric for metric in documented.table()
            for program in metric.programs}


def test_what_is_exposed_is_what_is_documented(watch):
    assert sorted(exposed(watch).keys() ^ rows().keys()) == []


def test_types_and_labels_are_the_documented_ones(watch):
    for where, seen, row in both(watch):
        assert seen.kind == row.kind, where
        for labels in seen.series:
            assert {name for name, _ in labels} == set(row.labels), where
            unlisted = {(name, value) for name, value in labels
                        if row.labels[name] is not None and value not in row.labels[name]}
            assert not unlisted, where


def test_every_metric_moved(watch):
    assert both(watch)
    still = [where for where, seen, row in both(watch)
             if row.name not in CONSTANT and not seen.moved()]
    assert still == []
    for where, seen, row in both(watch):
        if row.name in CONSTANT:
            assert all(max(values) > 0 for values in seen.series.values()), where


def test_each_has_a_help_text_and_a_name_by_the_conventions(watch):
    for (program, name), seen in exposed(watch).items():
        assert len(seen.help) > 5 and seen.help != name, (program, name)
        assert NAME.fullmatch(name), name
        assert name.endswith("_total") == (seen.kind == "counter"), name
        words = name.removesuffix("_total").split("_")
        if seen.kind == "histogram":
            assert words[-1] in UNITS, name
        # The base unit, and last.
        assert not {"ms", "milliseconds", "minutes", "hours", "kb", "mb"} & set(words), name
        assert not set(UNITS) & set(words[:-1]), name
        assert not {"histogram", "gauge", "counter", "count", "sum", "bucket"} & set(words), name


def test_label_values_are_few_and_nobodys(watch):
    values = {}
    for seen in exposed(watch).values():
        for labels in seen.series:
            for name, value in labels:
                values.setdefault(name, set()).add(value)
    for name, found in values.items():
        assert len(found) <= MOST_VALUES, name
        if name not in NUMBERED:
            assert not [value for value in found if SOMEBODYS.search(value)], name
    for name, form in (("code", r"[1-5]\d\d|[A-Z_]+"), ("sqlstate", r"[0-9A-Z]{5}|none")):
        assert all(re.fullmatch(form, value) for value in values[name]), values[name]


def test_nothing_of_a_person_is_in_them(watch):
    person = {name: value for name, value in appeal().items()
              if name.startswith(("user_", "license", "vehicle")) and len(value) > 4
              or name == "draft_text"}
    places = {program: watch.text(program).encode() for program in OURS}
    assert traces.find({**person, "letter": LETTER[:40]}, places) == []
