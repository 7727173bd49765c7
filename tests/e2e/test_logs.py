"""An order is followed through the logs of all four programs, and floods do not fill them."""

import json
import secrets
import time
import uuid
from collections import Counter

import pytest
import requests

from e2e.customer import appeal
from e2e.watching import OURS
from harness import waiting

SUITE = {"settings": {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1,
                      "FSFT_MAIL_LEASE_SECONDS": 4}}

CHECKOUT = "/api/checkout/create-session"
EVERY_LINE = {"time", "severity", "program", "message"}
# There are as many of one queue in one program.
MOST_WORKERS = 4
# Asked for every few seconds, whatever happens.
ROUTINE = ("GetStatus", "ListErasures")


class Logs:
    """The lines that the programs have written so far."""

    def __init__(self, suite):
        self._suite = suite

    def lines(self, program: str, **wanted) -> list:
        """Those that have these fields, in their order. All are JSON."""
        text = self._suite.log(program).read_text(encoding="utf-8")
        # The last one may not be whole yet.
        lines = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
        return [line for line in lines if wanted.items() <= line.items()]

    def wait(self, program: str, **wanted) -> dict:
        """The first line with these fields, once it is there."""
        return waiting.until(lambda: self.lines(program, **wanted), seconds=40, interval=0.1,
                             what=f"{wanted} in the log of {program}")[0]


@pytest.fixture(scope="module", name="logs")
def _logs(suite):
    return Logs(suite)


@pytest.fixture(scope="module", name="order")
def _order(customer, sandbox):
    """An order from the form to the door; beside its ids the "request_id" and "trace_id" that its
    checkout came with.
    """
    ids = {"request_id": f"req-{uuid.uuid4()}", "trace_id": secrets.token_hex(16)}
    answer = customer.post(CHECKOUT, appeal(), headers={
        "X-Request-ID": ids["request_id"], "traceparent": f"00-{ids['trace_id']}-{'1' * 16}-01"})
    assert answer.status_code == 200, answer.text
    order = {**answer.json(), **ids}
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    sandbox.track_letter(letter["id"], "delivered")
    waiting.until(lambda: customer.order(order["session_id"])["mailing_status"] == "delivered",
                  seconds=30, what="the customer to see the delivery")
    return order


def method(service: str, name: str) -> str:
    """A gRPC method as it stands in the logs."""
    return f"fightsftickets.{service}.v1.{name}"


def test_a_checkout_has_the_same_ids_in_the_three_programs_that_it_passes(logs, order):
    ids = {name: order[name] for name in ("request_id", "trace_id")}
    request = logs.wait("gateway", message="request", **ids)
    assert (request["route"], request["method"], request["status"]) == (CHECKOUT, "POST", 200)
    assert request["duration_ms"] > 0
    for program, name in (("intake", method("intake", "IntakeService/SubmitAppeal")),
                          ("payment", method("payment", "PaymentsService/CreateCheckout"))):
        (call,) = logs.lines(program, message="rpc", method=name, **ids)
        assert (call["code"], call["peer"]) == ("OK", "gateway") and call["duration_ms"] > 0
    assert len(logs.lines("gateway", message="request", **ids)) == 1


def test_a_webhook_has_the_same_ids_in_both_programs_that_it_passes(logs, order):
    for route, program, name in (
            ("/api/webhook/stripe", "payment",
             method("payment", "PaymentsService/HandleStripeWebhook")),
            ("/api/webhook/lob", "fulfillment",
             method("fulfillment", "LettersService/HandleLobWebhook"))):
        # Of Stripe's, those that came together have one call; whoever came first had one alone.
        call = logs.wait(program, message="rpc", method=name, payment_id=order["payment_id"])
        request = logs.wait("gateway", message="request", route=route,
                            request_id=call["request_id"])
        assert (call["trace_id"], call["payment_id"]) \
            == (request["trace_id"], request["payment_id"])


def test_the_payment_id_finds_the_whole_life_of_an_order(logs, order):
    of_order = {"payment_id": order["payment_id"]}
    for program, wanted in (
            ("gateway", {"message": "request", "route": CHECKOUT}),
            ("payment", {"message": "rpc",
                         "method": method("payment", "PaymentsService/CreateCheckout")}),
            ("payment", {"message": "payment moved", "state": "paid"}),
            ("fulfillment", {"message": "order taken", "want": "mail"}),
            ("intake", {"message": "news of an order", "state": "paid"}),
            ("intake", {"message": "rpc",
                        "method": method("intake", "SubmissionsService/GetSubmission")}),
            ("fulfillment", {"message": "letter is posted", "attempt": 1}),
            ("payment", {"message": "news of a letter", "state": "mailed"}),
            ("intake", {"message": "news of an order", "state": "fulfilled"}),
            ("fulfillment", {"message": "letter moved", "to_state": "delivered"}),
            ("payment", {"message": "news of a letter", "state": "delivered"}),
            ("fulfillment", {"message": "email settled", "kind": "delivered", "state": "sent"})):
        logs.wait(program, **of_order, **wanted)
    assert logs.lines("fulfillment", message="letter settled", state="mailed", **of_order) \
        or logs.lines("fulfillment", message="letter moved", to_state="mailed", **of_order)


def test_work_in_the_background_is_in_the_orders_own_trace(logs, order):
    trace = {"trace_id": order["payment_id"].replace("-", "")}
    posted = logs.wait("fulfillment", message="letter is posted", **trace)
    assert posted["payment_id"] == order["payment_id"]
    for program, wanted in (
            ("intake", {"method": method("intake", "SubmissionsService/GetSubmission")}),
            ("intake", {"message": "news of an order"}),
            ("fulfillment", {"message": "order taken"}),
            ("payment", {"message": "news of a letter"})):
        line = logs.wait(program, **wanted, **trace)
        assert line["payment_id"] == order["payment_id"] and line["request_id"]
    # One step's calls have its request id.
    fetched = logs.lines("intake", request_id=posted["request_id"], **trace)
    assert fetched and all(line["message"] == "rpc" for line in fetched)


def test_every_line_says_when_who_and_how_bad(logs, order):
    for program in OURS:
        lines = logs.lines(program)
        assert lines and all(EVERY_LINE <= line.keys() for line in lines)
        assert {line["program"] for line in lines} == {program}
        assert [line for line in lines if line["severity"] in ("error", "fatal")] == []


def test_a_callers_mistake_is_no_error_of_ours(logs, customer):
    ids = {"request_id": f"req-{uuid.uuid4()}"}
    answer = customer.post(CHECKOUT, {**appeal(), "user_zip": "no zip"},
                           headers={"X-Request-ID": ids["request_id"]})
    assert answer.status_code == 422
    assert logs.wait("gateway", message="request", **ids)["status"] == 422
    (call,) = logs.lines("intake", message="rpc", **ids)
    assert (call["severity"], call["code"]) == ("info", "INVALID_ARGUMENT")
    assert logs.lines("gateway", severity="error") == []


def test_a_checkout_that_fails_is_found_by_its_order(logs, customer, sandbox):
    body = appeal()
    with sandbox.failing("stripe.sessions.create", 500, stored=False):
        answer = customer.post(CHECKOUT, body)
    assert answer.status_code == 502, answer.text
    of_order = {"payment_id": answer.json()["payment_id"],
                "request_id": answer.headers["X-Request-ID"]}
    assert logs.wait("gateway", message="request", **of_order)["status"] == 502
    (call,) = logs.lines("payment", message="rpc", **of_order)
    assert (call["code"], call["reason"]) == ("UNAVAILABLE", "stripe_unavailable")
    assert customer.insist(body)["payment_id"] == of_order["payment_id"]


def routine(lines: list) -> list:
    return [line for line in lines if line.get("method", "").endswith(ROUTINE)]


def test_what_is_asked_all_the_time_is_seen_when_debugging_only(suite, logs, order):
    for program in ("intake", "payment", "fulfillment"):
        assert routine(logs.lines(program)) == []
    suite.reconfigure("payment", FSFT_LOG_LEVEL="debug")
    waiting.until(lambda: routine(logs.lines("payment")), seconds=30, interval=0.1,
                  what="payment to tell of the gateway's looks")
    suite.reconfigure("payment", FSFT_LOG_LEVEL="info")


def test_a_level_leaves_out_what_is_below_it(suite, logs, customer):
    suite.reconfigure("gateway", FSFT_LOG_LEVEL="warning")
    before = len(logs.lines("gateway"))
    for _ in range(3):
        assert customer.get("/api/cities").status_code == 200
    suite.reconfigure("gateway", FSFT_LOG_LEVEL="info")
    between = logs.lines("gateway")[before:]
    assert customer.get("/api/cities").status_code == 200
    logs.wait("gateway", message="request", route="/api/cities")
    assert [line for line in between if line["severity"] == "info"
            and line["message"] == "request"] == []


def test_a_database_that_is_down_is_told_of_and_does_not_fill_the_log(suite, logs):
    """Each kind of failure is told of once by each worker, and then once a minute."""
    before = {program: len(logs.lines(program)) for program in OURS}

    def failures(program: str) -> Counter:
        return Counter((line["message"], line.get("queue"), line.get("statement"),
                        line.get("status"), line.get("sqlstate"))
                       for line in logs.lines(program)[before[program]:]
                       if line["message"] in ("work step failed", "database error"))

    killed = time.monotonic()
    suite.kill("postgres")
    try:
        for program in ("intake", "payment", "fulfillment"):
            # The steps go on all the while: these fail, time and again.
            wait_for_failed_steps(suite, program, more_than=20 * MOST_WORKERS)
            found = failures(program)
            minutes = int((time.monotonic() - killed) // 60)
            assert found and max(found.values()) <= MOST_WORKERS * (1 + minutes), found
    finally:
        suite.revive("postgres")


def wait_for_failed_steps(suite, program: str, more_than: int):
    def failed() -> float:
        text = requests.get(f"http://127.0.0.1:{suite.port(program, 'ops')}/metrics",
                            timeout=10).text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if line.startswith("work_errors_total"))

    waiting.until(lambda: failed() > more_than, seconds=60, interval=0.2,
                  what=f"so many failed steps of {program}")
