"""What an order costs: round trips, flushes to disk, memory, and time to start. Fails above budget.

Flushes are PostgreSQL's own count (pg_stat_wal.wal_sync) with its durability at the defaults.
"""

from collections import Counter

import pytest

from e2e.customer import appeal
from harness import report, waiting
from harness.suite import PROGRAMS, SERVICES

# What else would flush in this cluster: autovacuum, checkpoints, and the background writer of WAL,
# which picks up statements that wait for "the next flush" several times a second if nobody else
# does. It goes by the clock and not by the order, so it is kept out of the measurement. With one
# connection per service every statement is prepared in the warm-up, and none comes later.
SUITE = {
    "counted": True,
    "settings": {"FSFT_DB_POOL_SIZE": 1},
    "postgres": {"autovacuum": "off", "checkpoint_timeout": "1h", "wal_writer_delay": "10s"},
}
OURS = [name for name in PROGRAMS if name != "sandbox"]
ROLES = ("intake_rw", "payment_rw")
ORDERS, WARM_UP = 30, 3
# The gateway asks the services every second how they are, and they their database (on a new
# connection, which SOCI begins with a SET); that is no part of a request.
PROBES = ("ping", "payment.last_event_age", "SET extra_float_digits = 3")

_lines = []


@pytest.fixture(scope="module", autouse=True)
def _report():
    """Shows the table at the end, whatever failed."""
    yield
    report.show("\n".join(["What an order costs", *_lines]))


@pytest.fixture(scope="module", name="quiet")
def _quiet(suite):
    """The suite without background work, so that only the requests of a test are counted.

    Intake looks at its registry with every poll, whether it does background work or not.
    """
    for name in SERVICES:
        suite.reconfigure(name, FSFT_WORKERS="off", FSFT_WORK_POLL_SECONDS=3600)
    yield suite
    for name in SERVICES:
        suite.reconfigure(name, FSFT_WORKERS="on", FSFT_WORK_POLL_SECONDS=1)


def within(what: str, value: float, limit: float, unit: str) -> bool:
    """Adds a line to the table; is the value within its limit?"""
    _lines.append(f"  {what:<36} {value:8.2f} {unit:<12} (at most {limit:g})")
    return value <= limit


def test_every_program_is_ready_within_a_second(suite):
    assert all([within(f"{name}: start to serving", suite.ready_seconds[name], 1, "s")
                for name in OURS])


def test_idle_memory_is_within_60_mb(suite):
    assert all([within(f"{name}: idle memory", suite.program(name).resident_mb(), 60, "MB")
                for name in OURS])


def test_fulfillment_is_within_90_mb_after_one_letter(suite, customer):
    customer.mailed_order()
    memory = suite.program("fulfillment").resident_mb()
    assert within("fulfillment: memory after one letter", memory, 90, "MB")


def flushes(suite) -> int:
    """PostgreSQL's count of flushes, exact: a session adds its own at the latest when it ends."""
    def sessions() -> set:
        return set(suite.cluster.query(
            "SELECT pid FROM pg_stat_activity WHERE usename = ANY(%s)", list(ROLES)))

    had_work = sessions()
    suite.proxy.drop()
    waiting.until(lambda: not had_work & sessions(), seconds=10, what="these sessions to end")
    return suite.cluster.query("SELECT wal_sync FROM pg_stat_wal")[0][0]


def cost(suite, action, items) -> tuple:
    """Round trips and flushes per item. The first few prepare statements on fresh connections."""
    before = flushes(suite)
    for item in items[:WARM_UP]:
        action(item)
    suite.proxy.reset()
    for item in items[WARM_UP:]:
        action(item)
    counts = suite.proxy.counts(*ROLES)
    for probe in PROBES:
        del counts[probe], counts[f"prepare {probe}"]
    flushed = (flushes(suite) - before) / len(items)
    return counts, sum(counts.values()) / (len(items) - WARM_UP), flushed


def check(what: str, measured: tuple, trips: float, flush: float):
    counts, found_trips, found_flushes = measured
    kept = [within(f"{what}: round trips", found_trips, trips, "per request"),
            within(f"{what}: flushes", found_flushes, flush, "per request")]
    assert all(kept), dict(counts)
    assert counts, "nothing was counted: do the services use the proxy?"


def test_checkout_is_three_round_trips_and_one_flush(quiet, customer):
    measured = cost(quiet, lambda _: customer.check_out(), range(ORDERS + WARM_UP))
    check("checkout", measured, 3, 1.1)


def test_submitting_is_one_round_trip_for_a_new_order_and_two_for_a_repeat(quiet, customer):
    """Intake's part alone. Statements run without BEGIN, so a round trip is a commit as well."""
    bodies = [appeal() for _ in range(ORDERS + WARM_UP)]
    for what, limit in (("new", 1), ("repeated", 2)):
        for body in bodies[:WARM_UP]:
            customer.check_out(body)
        quiet.proxy.reset()
        for body in bodies[WARM_UP:]:
            customer.check_out(body)
        counts = quiet.proxy.counts("intake_rw")
        for probe in PROBES:
            del counts[probe], counts[f"prepare {probe}"]
        assert counts["intake.submit"] == ORDERS
        assert within(f"submit, {what}: round trips", sum(counts.values()) / ORDERS, limit,
                      "per request"), dict(counts)


def test_webhook_is_one_round_trip_and_one_flush(quiet, customer, sandbox):
    sessions = [customer.check_out()["session_id"] for _ in range(ORDERS + WARM_UP)]
    for session in sessions:
        sandbox.pay_silently(session)
    known = sandbox.completed_events()
    events = [known[session] for session in sessions]
    outcomes = Counter()

    def deliver(event):
        outcomes[sandbox.deliver(event)["status"]] += 1

    measured = cost(quiet, deliver, events)
    assert outcomes == {200: len(events)}
    check("webhook", measured, 1, 1)


def test_status_is_one_round_trip_and_no_flush(quiet, customer, sandbox):
    session = customer.check_out()["session_id"]
    customer.pay(session)
    waiting.until(lambda: customer.order(session)["payment_status"] == "paid", seconds=30,
                  what="the webhook of the payment")
    measured = cost(quiet, lambda _: customer.order(session), range(ORDERS + WARM_UP))
    check("status", measured, 1, 0)
