"""Operators cancel letters, take that back, and take lists home."""

import csv
import io

import pytest

from e2e.operating import SETTINGS, Operator, bought
from e2e.refunding import Cashier
from harness import waiting

SUITE = {"replicas": {"fulfillment": 2}, "settings": SETTINGS}


@pytest.fixture(scope="module", name="operator")
def _operator(suite, customer):
    return Operator(suite, customer)


@pytest.fixture(name="paused")
def _paused(operator):
    """No letter is posted meanwhile."""
    assert operator.post("/api/admin/mailing/pause").status_code == 200
    yield
    operator.post("/api/admin/mailing/resume")


def queued(customer, operator) -> dict:
    """An order whose letter waits, because mailing is paused."""
    order = bought(customer)
    waiting.until(lambda: operator.letter(order) == ("queued", ""), seconds=20,
                  what="fulfillment to have the order")
    return order


def wait_for_customer(customer, order: dict, status: str):
    waiting.until(lambda: customer.order(order["session_id"])["mailing_status"] == status,
                  seconds=30, what=f"the customer to see {status}")


def payment_wants_it_again(sandbox, operator, order: dict):
    """A dispute is opened and won: payment says hold, and then mail."""
    def wanted() -> tuple:
        return operator.letter(order, "coalesce(payment_want, want)")

    dispute = sandbox.dispute(order["session_id"])
    waiting.until(lambda: wanted() == ("hold",), seconds=20, what="payment to hold the letter")
    sandbox.move_dispute(dispute["id"], "won")
    waiting.until(lambda: wanted() == ("mail",), seconds=20, what="payment to want it mailed")


def test_what_an_operator_cancels_is_not_mailed_whatever_payment_says(
        suite, customer, sandbox, operator, paused):
    del paused
    order = queued(customer, operator)
    answer = operator.on_letter(order, "cancel")
    assert (answer.status_code, answer.json()) == (200, {
        "status": "cancelled", "state": "cancelled", "payment_id": order["payment_id"],
        "refund_status": "none"})
    wait_for_customer(customer, order, "cancelled")
    assert customer.order(order["session_id"])["payment_status"] == "paid", "the money is kept"

    payment_wants_it_again(sandbox, operator, order)
    operator.post("/api/admin/mailing/resume")
    other = bought(customer)
    customer.wait_until_mailed(other["session_id"])
    assert operator.letter(order) == ("cancelled", "")
    assert sandbox.letters(order["payment_id"]) == []

    listed = operator.get("/api/admin/fulfillments?list=cancelled_by_operator").json()
    assert [(letter["payment_id"], letter["state"], bool(letter["cancelled_by"]))
            for letter in listed["fulfillments"]] == [(order["payment_id"], "cancelled", True)]

    refused = operator.on_letter(order, "retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "cancelled_by_operator")
    assert operator.on_letter(order, "retry?undo_cancel=true").json()["status"] == "queued"
    customer.wait_until_mailed(order["session_id"])
    assert len(sandbox.letters(order["payment_id"])) == 1
    actor = listed["fulfillments"][0]["cancelled_by"]
    trail = operator.trail(order)
    assert (actor, "cancel", "cancelled") in trail
    assert (actor, "undo_cancel", "queued") in trail


def test_a_letter_at_the_printer_is_cancelled_there_and_the_money_is_given_back_apart(
        suite, customer, sandbox, operator):
    order = bought(customer)
    customer.wait_until_mailed(order["session_id"])
    answer = operator.on_letter(order, "cancel")
    assert answer.json()["status"] in ("cancelling", "cancelled"), answer.text
    operator.wait_for(order, "cancelled")
    assert sandbox.live_letters(order["payment_id"]) == []
    wait_for_customer(customer, order, "cancelled")
    assert sandbox.refunds(order["session_id"]) == []

    cashier = Cashier(suite, customer)
    cashier.insist(order)
    cashier.wait_for_refund(order, "succeeded")
    assert operator.on_letter(order, "cancel").json()["refund_status"] == "full"
    refused = operator.on_letter(order, "retry?undo_cancel=true")
    assert (refused.status_code, refused.json()["code"]) == (409, "cancelled_by_operator"), \
        "payment does not want it any more"
    assert sandbox.live_letters(order["payment_id"]) == []


def test_a_cancel_while_the_letter_is_posted_is_carried_out_afterwards(
        customer, sandbox, operator):
    order = customer.check_out()
    with sandbox.held("lob.letters.create", "answer", payment_id=order["payment_id"]) as wait:
        customer.pay(order["session_id"])
        wait(1)
        assert operator.on_letter(order, "cancel").json()["status"] == "cancelling"
        # Not necessarily alive: its event may have told us of it before the answer does.
        assert len(sandbox.letters(order["payment_id"])) == 1, "the printer has it"
    operator.wait_for(order, "cancelled")
    assert sandbox.live_letters(order["payment_id"]) == []
    assert len(sandbox.letters(order["payment_id"])) == 1


def test_what_the_printer_does_not_give_back_stays_mailed(customer, sandbox, operator):
    order = bought(customer)
    customer.wait_until_mailed(order["session_id"])
    with sandbox.lob_behaving(refuse_cancel=True):
        assert operator.on_letter(order, "cancel").status_code == 200
        operator.wait_for(order, "mailed", "too_late_to_cancel")
        refused = operator.on_letter(order, "cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late_to_cancel")
    assert len(sandbox.live_letters(order["payment_id"])) == 1
    wait_for_customer(customer, order, "mailed")


def test_dead_letters_are_taken_home_as_a_file_and_retried_by_their_payments(
        customer, sandbox, operator):
    with sandbox.failing("lob.letters.create", 422):
        dead = [bought(customer) for _ in range(3)]
        for order in dead:
            operator.wait_for(order, "dead_letter", "printer_refused_invalid")
    answer = operator.get("/api/admin/fulfillments.csv?list=dead_letter")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dead_letter.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    assert [(row["payment_id"], row["state"], row["reason"]) for row in rows] == \
        [(order["payment_id"], "dead_letter", "printer_refused_invalid") for order in dead]
    for personal in ("Quackenbush", "Larkspur", "wilhelmina"):
        assert personal not in answer.text
    for order in dead:
        assert operator.on_letter(order, "retry").json()["status"] == "queued"
        customer.wait_until_mailed(order["session_id"])
        assert operator.on_letter(order, "retry").json()["status"] == "already_fulfilled"
    assert operator.get("/api/admin/fulfillments.csv").text.count("\r\n") == 1


def test_an_order_that_is_not_paid_has_no_letter_to_cancel(customer, operator):
    order = customer.check_out()
    for what in ("cancel", "retry"):
        answer = operator.on_letter(order, what)
        assert (answer.status_code, answer.json()["code"]) == (409, "pending")
