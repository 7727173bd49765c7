"""Nothing depends on a webhook arriving: payment finds out by asking Stripe."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e.customer import appeal
from e2e.watching import total
from harness import waiting
from harness.template import DATABASE

# Two replicas ask at the same time. Nothing is asked about by itself before its time.
SUITE = {
    "replicas": {"payment": 2},
    "settings": {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1,
                 "FSFT_RECONCILE_AGE_SECONDS": 20},
    "sandbox": {"webhook-retry-ms": 100},
}
COMPLETED = "checkout.session.completed"
ORDERS = 100


def query(suite, sql: str, *values) -> list:
    return suite.cluster.query(sql, *values, database=DATABASE)


def as_owner(suite, sql: str, *values):
    with suite.cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute(sql, values)


def become_due(suite, payment_ids: list):
    as_owner(suite, "UPDATE payment.payments SET next_check_at = now() "
             "WHERE payment_id = ANY (CAST(%s AS uuid[])) AND state = 'pending'", payment_ids)


def states(suite, payment_ids: list) -> dict:
    """How many of the payments are in each state."""
    return dict(query(suite, "SELECT state, count(*) FROM payment.payments "
                      "WHERE payment_id = ANY (CAST(%s AS uuid[])) GROUP BY 1", payment_ids))


def trail(suite, payment_id: str) -> list:
    return [state for state, in query(
        suite, "SELECT to_state FROM payment.audit_log WHERE payment_id = %s "
        "AND action <> 'delivery' ORDER BY version", payment_id)]


def paid_by(suite, payment_ids: list) -> list:
    """Who brought the events that paid them: (source, how many)."""
    return sorted(query(
        suite, "SELECT source, count(*) FROM payment.stripe_events WHERE outcome = 'processed' "
        "AND type = %s AND payment_id = ANY (CAST(%s AS uuid[])) GROUP BY 1",
        COMPLETED, payment_ids))


def check_out_many(customer, count: int) -> list:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(customer.check_out, [appeal() for _ in range(count)]))


def pay_many_silently(sandbox, orders: list):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda order: sandbox.pay_silently(order["session_id"]), orders))


@pytest.fixture(name="reconcile")
def _reconcile(suite, customer):
    """Asks as an operator; the report."""
    def ask() -> dict:
        answer = customer.post("/api/admin/reconcile", token=suite.keys.admin_token)
        assert answer.status_code == 200, answer.text
        return answer.json()
    return ask


def test_without_any_webhook_every_paid_order_is_found_and_mailed_once(suite, customer, sandbox,
                                                                       record_property):
    orders = check_out_many(customer, ORDERS)
    ids = [order["payment_id"] for order in orders]
    pay_many_silently(sandbox, orders)
    become_due(suite, ids)
    waiting.until(lambda: states(suite, ids) == {"paid": ORDERS}, seconds=120, interval=0.2,
                  what="all of them to be paid")
    assert paid_by(suite, ids) == [("check", ORDERS)]
    waiting.until(lambda: query(suite, "SELECT count(*) FROM payment.payments WHERE mailed_at IS "
                                "NOT NULL AND payment_id = ANY (CAST(%s AS uuid[]))", ids)
                  == [(ORDERS,)], seconds=240, interval=0.5, what="all of them to be mailed")
    assert [len(sandbox.letters(payment_id)) for payment_id in ids] == [1] * ORDERS
    asked = total(suite, "payment", "payment_checks_total", outcome="paid")
    record_property("looks_at_paid_sessions", asked)
    assert asked == ORDERS, "each was asked about once, whichever replica it was"


def test_webhooks_and_looks_at_the_same_time_are_one_transition_each(suite, customer, sandbox,
                                                                     record_property):
    orders = check_out_many(customer, 20)
    ids = [order["payment_id"] for order in orders]
    pay_many_silently(sandbox, orders)
    events = {event["data"]["object"]["id"]: event["id"] for event in sandbox.events(COMPLETED)}
    become_due(suite, ids)
    statuses = sandbox.deliver_together([events[order["session_id"]] for order in orders])
    assert statuses == [200] * len(orders)
    waiting.until(lambda: states(suite, ids) == {"paid": len(ids)}, seconds=60,
                  what="all of them to be paid")
    assert [trail(suite, payment_id) for payment_id in ids] == [["pending", "paid"]] * len(ids)
    by = paid_by(suite, ids)
    assert sum(count for _, count in by) == len(ids)
    record_property("paid_by", str(by))
    for order in orders:
        customer.wait_until_mailed(order["session_id"])
        assert len(sandbox.letters(order["payment_id"])) == 1


def test_a_session_whose_answer_was_lost_is_found_when_it_is_paid(suite, customer, sandbox):
    with sandbox.failing("stripe.sessions.create", 500, point="answer"):
        answer = customer.post("/api/checkout/create-session", appeal())
    assert answer.status_code == 502, answer.text
    payment_id = answer.json()["payment_id"]
    (session,) = [session for session in sandbox.sessions()
                  if session["client_reference_id"] == payment_id]
    sandbox.pay_silently(session["id"])
    become_due(suite, [payment_id])
    waiting.until(lambda: states(suite, [payment_id]) == {"paid": 1}, seconds=30,
                  what="the payment to be found")
    customer.wait_until_mailed(session["id"])
    assert len(sandbox.letters(payment_id)) == 1


def test_a_refund_of_which_no_webhook_came_is_read_on_the_list(suite, customer, sandbox):
    order = customer.mailed_order()
    with sandbox.webhooks_dropped():
        sandbox.refund(order["session_id"])

        def refunded() -> bool:
            as_owner(suite, "UPDATE payment.event_cursor SET next_at = now() "
                     "WHERE next_at > now() + interval '5 seconds' AND failures = 0")
            return query(suite, "SELECT refunded_cents = amount_cents FROM payment.payments "
                         "WHERE payment_id = %s", order["payment_id"]) == [(True,)]

        # It is left to its webhook for twenty seconds.
        waiting.until(refunded, seconds=90, interval=0.5, what="the refund to be read")
    sources = query(suite, "SELECT DISTINCT source FROM payment.stripe_events WHERE type IN "
                    "('charge.refunded', 'refund.created') AND payment_id = %s",
                    order["payment_id"])
    assert sources == [("list",)]
    assert total(suite, "payment", "stripe_events_missed_total") > 0


def test_an_operator_asks_now_and_reads_what_it_has_changed(suite, customer, sandbox, reconcile):
    reconcile()
    order, unpaid, young = check_out_many(customer, 3)
    # The workers would look at them in time.
    as_owner(suite, "UPDATE payment.payments SET next_check_at = now() + interval '1 hour' "
             "WHERE state = 'pending'")
    as_owner(suite, "UPDATE payment.payments SET created_at = created_at - interval '2 minutes' "
             "WHERE payment_id = ANY (CAST(%s AS uuid[]))",
             [order["payment_id"], unpaid["payment_id"]])
    pay_many_silently(sandbox, [order, young])
    report = reconcile()
    assert (report["payments_checked"], report["payments_paid"], report["payments_ended"],
            report["sessions_found"]) == (2, 1, 0, 0)
    # The event of the younger one, which is no less true, and the event of the older one.
    assert report["events_applied"] == 2
    assert report["unmatched_events_left"] == 0
    assert not report["more"]
    assert states(suite, [order["payment_id"], young["payment_id"]]) == {"paid": 2}
    assert states(suite, [unpaid["payment_id"]]) == {"pending": 1}
    assert reconcile()["payments_paid"] == 0
    for paid in (order, young):
        customer.wait_until_mailed(paid["session_id"])


def test_whoever_comes_back_from_stripe_makes_us_ask_once(suite, customer, sandbox):
    order = customer.check_out()
    as_owner(suite, "UPDATE payment.payments SET next_check_at = now() + interval '1 hour', "
             "created_at = created_at - interval '1 minute' WHERE payment_id = %s",
             order["payment_id"])
    sandbox.pay_silently(order["session_id"])
    assert customer.order(order["session_id"])["payment_status"] == "paid"
    assert paid_by(suite, [order["payment_id"]]) == [("check", 1)]

    other = customer.check_out()
    as_owner(suite, "UPDATE payment.payments SET next_check_at = now() + interval '1 hour', "
             "created_at = created_at - interval '1 minute' WHERE payment_id = %s",
             other["payment_id"])
    for _ in range(5):
        assert customer.order(other["session_id"])["payment_status"] == "pending"
    asked = [request for request in sandbox.requests("stripe", operation="stripe.sessions.get")
             if other["session_id"] in request["path"]]
    assert len(asked) == 1
    customer.wait_until_mailed(order["session_id"])


def test_a_stripe_that_does_not_answer_fails_nobody_who_looks(suite, customer, sandbox):
    order = customer.check_out()
    as_owner(suite, "UPDATE payment.payments SET created_at = created_at - interval '1 minute' "
             "WHERE payment_id = %s", order["payment_id"])
    with contextlib.ExitStack() as trouble:
        trouble.enter_context(sandbox.failing("stripe.sessions.get", 500))
        trouble.enter_context(sandbox.failing("stripe.events.list", 500))
        assert customer.order(order["session_id"])["payment_status"] == "pending"
        answer = customer.post("/api/admin/reconcile", token=suite.keys.admin_token)
        assert answer.status_code in (502, 503), answer.text
        assert answer.json()["code"] in ("stripe_unavailable", "stripe_busy")
    sandbox.pay_silently(order["session_id"])

    def paid() -> bool:
        become_due(suite, [order["payment_id"]])
        return states(suite, [order["payment_id"]]) == {"paid": 1}

    waiting.until(paid, seconds=90, interval=0.5, what="Stripe to be asked again")
    customer.wait_until_mailed(order["session_id"])
