"""A program that is told to stop while Stripe is silent ends in time, and leaves nothing lying.

The times are what the manifests grant (manifests/stopping.py), which is made of the time-outs of
what may be under way.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e.customer import Customer, appeal
from e2e.refunding import Cashier
from harness import report, waiting
from harness.template import DATABASE
from manifests.stopping import DRAIN

SUITE = {"settings": {"FSFT_WORK_POLL_SECONDS": 1, "FSFT_RATE_LIMITS": "off"}}
REFUNDS = 4
PENDING = 3
CALLS = ("stripe.refunds.list", "stripe.sessions.get", "stripe.events.list",
         "stripe.sessions.create")

# All at the same time, so that one claim takes them all.
ALL_DUE = """
UPDATE payment.refunds SET next_at = now(), failures = 0;
UPDATE payment.payments SET next_check_at = now()
 WHERE state = 'pending' AND stripe_session_id IS NOT NULL;
UPDATE payment.event_cursor SET next_at = now()
"""
# Given back by who stopped: at once another replica's. What was under way counts as a failure more.
LEFT = """
SELECT (SELECT count(*) FROM payment.refunds WHERE next_at <= now() AND failures = 0),
       (SELECT count(*) FROM payment.payments WHERE state = 'pending' AND next_check_at <= now()
        AND stripe_session_id IS NOT NULL),
       (SELECT count(*) FROM payment.event_cursor WHERE next_at <= now())
"""


def stop(suite, name: str) -> float:
    """Seconds that it took; an exit status other than 0, or more time than it has, raises."""
    begun = time.monotonic()
    suite.program(name).stop(seconds=DRAIN[name])
    return time.monotonic() - begun


@pytest.fixture(name="refunds")
def _refunds(suite, customer, sandbox):
    """Which Stripe has taken and not settled, so that payment asks for them now and then."""
    cashier = Cashier(suite, customer)
    orders = [customer.mailed_order() for _ in range(REFUNDS)]
    with sandbox.refunds_being("pending"):
        for order in orders:
            cashier.insist(order)
        for order in orders:
            cashier.wait_for_refund(order, "submitted")
    return orders


def test_who_stops_while_stripe_is_silent_ends_in_time_and_gives_back(
        suite, sandbox, customer, refunds):
    for _ in range(PENDING):
        customer.check_out()
    body = appeal()
    # While workers sleep, so that each finds all of its work at once.
    with ThreadPoolExecutor(3) as hands, sandbox.held("stripe.*", "arrival"):
        checkout = hands.submit(
            Customer(suite.gateway_url, sandbox).post, "/api/checkout/create-session", body)
        with suite.cluster.session("fsft_owner", DATABASE) as cursor:
            cursor.execute(ALL_DUE)
        waiting.until(lambda: all(sandbox.is_held(call) for call in CALLS), seconds=20,
                      what="everything to wait for Stripe")
        stopped = {name: hands.submit(stop, suite, name) for name in ("payment", "gateway")}
        took = {name: done.result() for name, done in stopped.items()}
        answer = checkout.result()
        left = suite.cluster.query(LEFT, database=DATABASE)
    report.show("Stopped while Stripe was silent: " + ", ".join(
        f"{name} in {seconds:.1f} s of {DRAIN[name]}" for name, seconds in took.items()))
    # The customer has an answer, too.
    assert (answer.status_code, answer.json()["code"]) == (502, "stripe_unavailable"), answer.text
    assert left == [(REFUNDS - 1, PENDING - 1, 1)]
    for name in ("payment", "gateway"):
        suite.start_program(name)
    assert customer.insist(body)["payment_id"] == answer.json()["payment_id"]
    for order in refunds:
        sandbox.settle_refund(sandbox.refunds(order["session_id"])[0]["id"], "succeeded")
        Cashier(suite, customer).wait_for_refund(order, "succeeded")
    # Money that has gone back takes its letter with it.
    waiting.until(lambda: suite.cluster.query(
        "SELECT count(*) FROM payment.payments WHERE delivery_state = 'cancelled'",
        database=DATABASE) == [(REFUNDS,)], seconds=60, what="the letters to be cancelled")
