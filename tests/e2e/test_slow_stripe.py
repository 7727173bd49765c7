"""Stripe takes twenty seconds for every answer: who pays waits, who has paid does not notice."""

from concurrent.futures import ThreadPoolExecutor
from statistics import median

import requests

from e2e.customer import Customer, appeal
from e2e.watching import total
from harness import report, waiting

# One replica, so that there is one breaker to look at.
SUITE = {"settings": {"FSFT_RATE_LIMITS": "off"}}
COMPLETED = "checkout.session.completed"
SLOW_SECONDS = 20
WEBHOOKS = 20
# More than payment lets ask Stripe at the same time: somebody is turned away at its door.
CHECKOUTS = 40
IDS = ("intake_id", "draft_id")


def waiting_for_stripe(suite) -> float:
    return total(suite, "payment", "rpc_server_in_use", **{"class": "stripe"})


def latencies(sandbox, events: list) -> list:
    """Delivers each event's webhook; what each took, in milliseconds."""
    attempts = [sandbox.deliver(event) for event in events]
    assert [attempt["status"] for attempt in attempts] == [200] * len(events)
    return [attempt["took_ms"] for attempt in attempts]


def paid_events(customer, sandbox, count: int) -> list:
    """Events that tell of paid orders, and have not been delivered."""
    orders = [customer.check_out()["session_id"] for _ in range(count)]
    for session in orders:
        sandbox.pay_silently(session)
    events = sandbox.completed_events()
    return [events[session] for session in orders]


def line(when: str, took: list) -> str:
    return f"  {when:<24} median {median(took):5.0f} ms   slowest {max(took):5.0f} ms"


def check_out(suite, sandbox, body: dict) -> requests.Response:
    """As a customer of their own; a session of requests is used by one thread at a time."""
    return Customer(suite.gateway_url, sandbox).post("/api/checkout/create-session", body)


def test_webhooks_keep_their_latency_and_checkouts_end_with_their_ids(suite, sandbox, customer):
    events = paid_events(customer, sandbox, 2 * WEBHOOKS)
    before = latencies(sandbox, events[:WEBHOOKS])
    bodies = [appeal() for _ in range(CHECKOUTS)]
    with ThreadPoolExecutor(CHECKOUTS) as pool:
        with sandbox.delaying("stripe.*", SLOW_SECONDS):
            checkouts = [pool.submit(check_out, suite, sandbox, body) for body in bodies]
            waiting.until(lambda: waiting_for_stripe(suite) >= 32, seconds=30,
                          what="payment to be full of calls to Stripe")
            during = latencies(sandbox, events[WEBHOOKS:])
            assert waiting_for_stripe(suite) > 0, "that was not while they waited"
            waiting.until(lambda: total(suite, "payment", "stripe_breaker_open") == 1, seconds=30,
                          what="payment to ask Stripe no more")
            fast = check_out(suite, sandbox, appeal())
            answers = [checkout.result(60) for checkout in checkouts]
        report.show("\n".join(["Stripe's webhooks while Stripe itself is slow",
                               line("before", before), line("during", during)]))
        for answer in [*answers, fast]:
            assert answer.status_code in (502, 503), answer.text
            assert all(answer.json()[name] for name in IDS)
        # Nobody waited for Stripe here: it was not asked, and the answer says when to come back.
        assert (fast.status_code, fast.json()["code"]) == (502, "stripe_unavailable")
        assert 1 <= int(fast.headers["Retry-After"]) <= 10
        assert fast.json()["payment_id"]
        assert total(suite, "payment", "stripe_breaker_refused_total") >= 1
        complete_all(suite, sandbox, pool, bodies, answers)
    assert total(suite, "payment", "stripe_breaker_open") == 0


def complete_all(suite, sandbox, pool, bodies: list, answers: list):
    """Everybody asks again, and gets the order that they began, which has one session."""
    def insist(body):
        return Customer(suite.gateway_url, sandbox).insist(body, seconds=90)

    for order, answer in zip(pool.map(insist, bodies), answers):
        begun = answer.json()
        assert [order[name] for name in IDS] == [begun[name] for name in IDS]
        assert begun.get("payment_id") in (None, order["payment_id"])
        created = sandbox.requests("stripe", operation="stripe.sessions.create", status=200,
                                   **{"form[metadata][payment_id]": order["payment_id"]})
        assert created, order
        assert sandbox.session(order["session_id"])["client_reference_id"] == order["payment_id"]
