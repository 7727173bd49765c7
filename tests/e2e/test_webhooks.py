"""Stripe's webhooks as they really come: twice, together, too late, out of order, or for others."""

import json
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from e2e.customer import appeal
from harness import waiting
from harness.template import DATABASE

# Twins of a webhook meet on different replicas; those that one gateway has at the same time go on
# together.
SUITE = {
    "replicas": {"gateway": 2, "payment": 2},
    "settings": {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1},
    "sandbox": {"webhook-retry-ms": 100},
}
COMPLETED = "checkout.session.completed"


def query(suite, sql: str, *values) -> list:
    return suite.cluster.query(sql, *values, database=DATABASE)


def trail(suite, payment_id: str) -> list:
    """The states of a payment in order, as its audit trail tells them."""
    return [state for state, in query(
        suite, "SELECT to_state FROM payment.audit_log WHERE payment_id = %s "
        "AND action <> 'delivery' ORDER BY version", payment_id)]


def outcome(suite, event_id: str) -> str:
    (stored,), = query(suite, "SELECT outcome FROM payment.stripe_events WHERE event_id = %s",
                       event_id)
    return stored


def taken_by(suite, replica: str) -> float:
    """How many events a replica of payment has taken."""
    url = f"http://127.0.0.1:{suite.port(replica, 'ops')}/metrics"
    lines = requests.get(url, timeout=10).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines
               if line.startswith("stripe_events_total{"))


def alerts(suite, event_id: str) -> list:
    """What operators were told about an event at level error."""
    lines = [json.loads(line) for name in suite.names("payment")
             for line in suite.log(name).read_text(encoding="utf-8").splitlines()
             if event_id in line]
    return [line["message"] for line in lines if line["severity"] == "error"]


def likeness(event: dict, event_type: str = COMPLETED, **changes) -> dict:
    """Another event about the same session, with other fields."""
    changed = {**event["data"]["object"], **changes}
    return {**event, "id": f"evt_like_{uuid.uuid4().hex}", "type": event_type,
            "data": {"object": changed}}


@pytest.fixture(name="deliver")
def _deliver(sandbox):
    """Delivers an event that Stripe itself would not have made, signed; answers the status."""
    def deliver(event: dict) -> int:
        answer = requests.post(f"{sandbox.url}/sandbox/stripe/deliver",
                               json={"payload": json.dumps(event)}, timeout=40)
        answer.raise_for_status()
        return answer.json()["status"]
    return deliver


@pytest.fixture(name="paid")
def _paid(customer, sandbox):
    """An order that is paid at Stripe, and of which no webhook has come: (order, its event)."""
    def make(body: dict = None) -> tuple:
        order = customer.check_out(body)
        sandbox.pay_silently(order["session_id"])
        (event,) = [event for event in sandbox.events(COMPLETED)
                    if event["data"]["object"]["id"] == order["session_id"]]
        return order, event
    return make


def one_letter(customer, sandbox, order: dict):
    """Waits for the order's letter, and for a later order's: there is no second one."""
    customer.wait_until_mailed(order["session_id"])
    customer.mailed_order()
    assert len(sandbox.letters(order["payment_id"])) == 1


def no_letter(customer, sandbox, order: dict):
    """An order after it goes the whole way: whatever would have mailed this one had its turn."""
    customer.mailed_order()
    assert sandbox.letters(order["payment_id"]) == []


def test_twenty_deliveries_of_one_event_are_one_transition_and_one_letter(suite, customer, sandbox,
                                                                          paid):
    order, event = paid()
    before = {replica: taken_by(suite, replica) for replica in suite.names("payment")}
    endpoints = [f"http://127.0.0.1:{suite.port(gateway, 'http')}/api/webhook/stripe"
                 for gateway in suite.names("gateway")]

    def delivered_to_both_replicas() -> bool:
        assert sandbox.deliver_together([event["id"]], copies=20, urls=endpoints) == [200] * 20
        return all(taken_by(suite, replica) > count for replica, count in before.items())

    waiting.until(delivered_to_both_replicas, seconds=30, what="both replicas to take some")
    assert trail(suite, order["payment_id"]) == ["pending", "paid"]
    one_letter(customer, sandbox, order)


def test_different_events_of_one_session_are_one_transition_and_one_letter(suite, customer, sandbox,
                                                                           paid, deliver):
    order, event = paid()
    kinds = (COMPLETED, "checkout.session.async_payment_succeeded")
    events = [likeness(event, kinds[i % 2]) for i in range(20)]
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(deliver, events)) == [200] * 20
    assert trail(suite, order["payment_id"]) == ["pending", "paid"]
    outcomes = sorted(outcome(suite, event["id"]) for event in events)
    assert outcomes == ["duplicate"] * 19 + ["processed"]
    one_letter(customer, sandbox, order)


def test_an_event_of_another_product_is_taken_and_reported(suite, sandbox):
    for metadata in ({}, {"payment_id": str(uuid.uuid4())}):
        event = sandbox.foreign_event(metadata=metadata)
        for _ in range(2):
            assert sandbox.deliver(event["id"])["status"] == 200
        assert outcome(suite, event["id"]) == "unmatched"
        assert alerts(suite, event["id"]) == ["stripe event without a payment"]


def test_an_event_finds_its_payment_later(suite, customer, sandbox, paid, deliver):
    order, event = paid()
    # As after a restore from a backup that is older than the payment: its row is not there yet.
    hidden = str(uuid.uuid4())
    rename = "UPDATE payment.%s SET payment_id = %%s WHERE payment_id = %%s"
    session = "UPDATE payment.payments SET stripe_session_id = %s WHERE payment_id = %s"

    def move(from_id: str, to_id: str, session_id):
        with suite.cluster.session(database=DATABASE) as cursor:
            for table in ("payments", "audit_log"):
                cursor.execute(rename % table, (to_id, from_id))
            cursor.execute(session, (session_id, to_id))

    move(order["payment_id"], hidden, None)
    assert deliver(event) == 200
    assert outcome(suite, event["id"]) == "unmatched"
    move(hidden, order["payment_id"], order["session_id"])
    assert deliver(event) == 200
    assert outcome(suite, event["id"]) == "processed"
    one_letter(customer, sandbox, order)


def test_an_event_of_the_other_livemode_touches_no_order(suite, customer, sandbox):
    order = customer.check_out()
    event = sandbox.foreign_event(livemode=True, id=order["session_id"], amount_total=989,
                                  metadata={"payment_id": order["payment_id"]})
    assert sandbox.deliver(event["id"])["status"] == 200
    assert outcome(suite, event["id"]) == "rejected"
    assert alerts(suite, event["id"]) == ["stripe event of the other livemode"]
    assert trail(suite, order["payment_id"]) == ["pending"]


@pytest.mark.parametrize("wrong", [{"amount_total": 1}, {"currency": "eur"}])
def test_money_that_does_not_fit_is_looked_at_and_never_mailed(suite, customer, sandbox, paid,
                                                               deliver, wrong):
    order, event = paid()
    event = likeness(event, **wrong)
    assert deliver(event) == 200
    assert trail(suite, order["payment_id"]) == ["pending", "review"]
    assert alerts(suite, event["id"]) == ["payment in review"]
    assert customer.order(order["session_id"])["mailing_status"] == "needs_attention"
    no_letter(customer, sandbox, order)


@pytest.mark.parametrize("end, state", [
    ("checkout.session.expired", "expired"),
    ("checkout.session.async_payment_failed", "failed")])
def test_money_after_the_end_of_a_session_is_looked_at(suite, customer, sandbox, paid, deliver,
                                                       end, state):
    order, event = paid()
    assert deliver(likeness(event, end, payment_status="unpaid")) == 200
    assert trail(suite, order["payment_id"]) == ["pending", state]
    assert deliver(event) == 200
    assert trail(suite, order["payment_id"]) == ["pending", state, "review"]
    no_letter(customer, sandbox, order)


def test_a_session_that_was_paid_and_is_over_is_looked_at(suite, sandbox, paid, deliver):
    """Stripe cannot mean both, whichever it tells first."""
    order, event = paid()
    assert deliver(event) == 200
    for _ in range(2):
        assert deliver(likeness(event, "checkout.session.expired")) == 200
    assert trail(suite, order["payment_id"]) == ["pending", "paid", "review"]
    assert len(sandbox.letters(order["payment_id"])) <= 1


def test_two_paid_sessions_of_one_letter_are_one_letter(suite, customer, sandbox, paid, deliver):
    body = appeal()
    first, event = paid(body)
    assert deliver(likeness(event, "checkout.session.expired", payment_status="unpaid")) == 200
    second, second_event = paid(body)
    assert second["draft_id"] == first["draft_id"]
    assert second["payment_id"] != first["payment_id"]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(deliver, (event, second_event))) == [200, 200]
    assert trail(suite, first["payment_id"])[-1] == "review"
    assert trail(suite, second["payment_id"])[-1] == "paid"
    one_letter(customer, sandbox, second)
    assert sandbox.letters(first["payment_id"]) == []


def test_money_that_went_back_before_the_payment_was_known_is_never_mailed(suite, customer, sandbox,
                                                                           paid, deliver):
    order, event = paid()
    sandbox.refund(order["session_id"])
    waiting.until(lambda: query(suite, "SELECT FROM payment.payments WHERE payment_id = %s "
                                "AND refunded_cents = amount_cents", order["payment_id"]),
                  seconds=20, what="the webhook of the refund")
    assert deliver(event) == 200
    assert trail(suite, order["payment_id"])[-1] == "paid"
    no_letter(customer, sandbox, order)
    assert customer.order(order["session_id"])["mailing_status"] == "cancelled"


def test_without_the_database_stripe_is_asked_to_come_again(suite, customer, sandbox, paid):
    order, event = paid()
    suite.cluster.program.stop(seconds=60, number=signal.SIGINT)
    try:
        # Within the ten seconds that the sandbox waits, as Stripe does: later is no answer at all.
        assert sandbox.deliver(event["id"])["status"] == 503
    finally:
        suite.cluster.start()
    waiting.until(lambda: sandbox.deliver(event["id"])["status"] == 200, seconds=30,
                  what="the services to find their database again")
    assert trail(suite, order["payment_id"]) == ["pending", "paid"]
    one_letter(customer, sandbox, order)
