"""Money that goes back: the customer gets the letter or the money, and the sums are right."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from e2e.refunding import Cashier
from harness import waiting

SUITE = {"settings": {"FSFT_WORK_POLL_SECONDS": 1, "FSFT_MAIL_LEASE_SECONDS": 4,
                      "FSFT_RATE_LIMITS": "off"}}


@pytest.fixture(scope="module", name="cashier")
def _cashier(suite, customer):
    return Cashier(suite, customer)


@pytest.fixture(name="paused")
def _paused(cashier):
    """Nothing is mailed before the test says so, and afterwards it is again."""
    cashier.pause_mailing()
    yield cashier.resume_mailing
    cashier.resume_mailing()


def test_a_refund_before_mailing_takes_the_letter_back(customer, sandbox, cashier, paused):
    order = cashier.paid_order()
    answer = cashier.refund(order)
    assert answer.status_code == 202, answer.text
    refund = answer.json()
    assert (refund["status"], refund["amount_cents"], refund["currency"]) == ("held", 989, "usd")
    assert not refund["after_mailing"]
    paused()
    cashier.wait_for_refund(order, "succeeded")
    cashier.wait_for_letter(order, "cancelled")
    assert cashier.money(order) == ("paid", 989, 0, False, "none")
    assert sandbox.letters(order["payment_id"]) == []
    (given,) = sandbox.refunds(order["session_id"])
    assert given["metadata"] == {"payment_id": order["payment_id"],
                                 "refund_id": refund["refund_id"], "v": "1"}
    shown = customer.order(order["session_id"])
    assert (shown["refund_status"], shown["mailing_status"]) == ("full", "cancelled")
    again = cashier.refund(order)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_refund")


def test_a_part_of_the_money_does_not_keep_the_letter(customer, sandbox, cashier, paused):
    order = cashier.paid_order()
    assert cashier.refund(order, amount_cents=300).status_code == 202
    assert customer.order(order["session_id"])["refund_status"] in ("in_progress", "partial")
    paused()
    cashier.wait_for_refund(order, "succeeded")
    customer.wait_until_mailed(order["session_id"])
    assert cashier.money(order) == ("paid", 300, 0, False, "none")
    assert len(sandbox.letters(order["payment_id"])) == 1
    assert customer.order(order["session_id"])["refund_status"] == "partial"


def test_money_can_be_given_in_addition_to_a_letter(customer, sandbox, cashier):
    order = customer.mailed_order()
    with sandbox.lob_behaving(refuse_cancel=True):
        refund = cashier.refund(order).json()
        assert refund["after_mailing"]
        cashier.wait_for_refund(order, "succeeded")
        waiting.until(lambda: customer.order(order["session_id"])["refund_status"] == "full",
                      seconds=10, what="the money to be back")
        cashier.wait_for_letter(order, "mailed")
    assert len(sandbox.live_letters(order["payment_id"])) == 1


def test_a_letter_that_is_faster_than_the_refund_is_what_the_customer_gets(sandbox, cashier):
    """The operator asked for the money instead of the letter, and decides anew."""
    # No webhook tells that the printer has it before its answer does.
    with sandbox.letter_webhooks_dropped(), sandbox.held("lob.letters.create", "answer", times=1):
        order = cashier.paid_order()
        waiting.until(lambda: sandbox.is_held("lob.letters.create"), seconds=20,
                      what="the printer to have the letter")
        refund = cashier.refund(order).json()
        assert refund["status"] == "requested"
    cashier.wait_for_refund(order, "failed", "mailed_meanwhile")
    assert cashier.letter(order) == "mailed"
    assert cashier.money(order) == ("paid", 0, 0, False, "none")
    assert sandbox.refunds(order["session_id"]) == []
    assert cashier.refund(order).json()["after_mailing"]
    cashier.wait_for_refund(order, "succeeded")


def test_fifty_at_once_never_give_back_more_than_there_is(sandbox, cashier, paused):
    order = cashier.paid_order()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: cashier.refund_patiently(order, amount_cents=100),
                                range(50)))
    taken = [answer for answer in answers if answer.status_code == 202]
    # What Stripe tells while others ask may count twice for a moment, and never too little.
    assert 1 <= len(taken) <= 9
    assert {answer.json()["code"] for answer in answers
            if answer.status_code != 202} <= {"invalid_fields", "nothing_to_refund"}
    waiting.until(lambda: {state for state, _ in cashier.refunds(order)} == {"succeeded"},
                  seconds=30, what="all refunds to be settled")
    assert cashier.money(order)[:3] == ("paid", 100 * len(taken), 0)
    assert [given["amount"] for given in sandbox.refunds(order["session_id"])] == [100] * len(taken)
    paused()
    cashier.wait_for_letter(order, "mailed")


def test_a_request_that_comes_again_is_the_same_refund(sandbox, cashier, paused):
    order = cashier.paid_order()
    key = "a-key-of-an-operator"
    first = cashier.refund(order, key, amount_cents=200).json()
    assert cashier.refund(order, key, amount_cents=200).json()["refund_id"] == first["refund_id"]
    other = cashier.refund(order, key, amount_cents=201)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    cashier.wait_for_refund(order, "succeeded")
    assert [given["amount"] for given in sandbox.refunds(order["session_id"])] == [200]
    paused()


def test_a_refund_that_stripe_refuses_leaves_the_letter_to_the_operator(
        customer, sandbox, cashier, paused):
    order = cashier.paid_order()
    with sandbox.refunds_being("failed"):
        cashier.refund(order)
        cashier.wait_for_refund(order, "failed", "unknown")
    assert cashier.money(order) == ("paid", 0, 0, True, "none")
    paused()
    assert cashier.resolve(order, "accept").json()["status"] == "paid"
    customer.wait_until_mailed(order["session_id"])


def test_a_refund_that_fails_later_does_so_too(customer, sandbox, cashier, paused):
    order = cashier.paid_order()
    with sandbox.refunds_being("pending"):
        cashier.refund(order)
        cashier.wait_for_refund(order, "submitted")
    assert cashier.money(order) == ("paid", 0, 989, False, "none")
    (given,) = sandbox.refunds(order["session_id"])
    sandbox.settle_refund(given["id"], "succeeded")
    cashier.wait_for_refund(order, "succeeded")
    cashier.wait_for_letter(order, "cancelled")
    sandbox.settle_refund(given["id"], "failed", "expired_or_canceled_card")
    cashier.wait_for_refund(order, "failed", "expired_or_canceled_card")
    paused()
    assert cashier.money(order) == ("paid", 0, 0, True, "none")
    assert sandbox.letters(order["payment_id"]) == []
    assert cashier.resolve(order, "accept").status_code == 200
    customer.wait_until_mailed(order["session_id"])


def test_a_refund_of_the_dashboard_is_recorded_as_it_is(customer, sandbox, cashier, paused):
    order = cashier.paid_order()
    sandbox.refund(order["session_id"])
    cashier.wait_for_letter(order, "cancelled")
    paused()
    waiting.until(lambda: cashier.refunds(order) == [("succeeded", "")], seconds=10,
                  what="its own event")
    assert cashier.money(order)[1] == 989
    assert sandbox.letters(order["payment_id"]) == []
    mailed = customer.mailed_order()
    sandbox.refund(mailed["session_id"], 100)
    waiting.until(lambda: cashier.money(mailed)[1] == 100, seconds=10, what="the money")
    assert cashier.letter(mailed) == "mailed"


def test_money_that_stripe_gave_back_too_late_is_listed(customer, sandbox, cashier):
    order = customer.mailed_order()
    with sandbox.lob_behaving(refuse_cancel=True):
        sandbox.refund(order["session_id"])
        waiting.until(lambda: order["payment_id"] in cashier.listed("refunded_after_mailing"),
                      seconds=20, what="the list to have it")
        cashier.wait_for_letter(order, "mailed")
    assert order["payment_id"] in cashier.listed("all")
    assert order["payment_id"] not in cashier.listed("held")


def test_a_disputed_payment_is_not_mailed_before_it_is_won(customer, sandbox, cashier, paused):
    order = cashier.paid_order()
    dispute = sandbox.dispute(order["session_id"])
    waiting.until(lambda: cashier.money(order)[4] == "open", seconds=10, what="the dispute")
    paused()
    sandbox.move_dispute(dispute["id"], "won")
    customer.wait_until_mailed(order["session_id"])
    assert cashier.money(order)[4] == "won"


def orders_paid(suite) -> float:
    """How many orders payment has counted as paid."""
    text = requests.get(f"http://127.0.0.1:{suite.port('payment', 'ops')}/metrics",
                        timeout=10).text
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith('orders_total{stage="paid"}'))


@pytest.mark.parametrize("action", ("accept", "refund"))
def test_a_review_ends_as_the_operator_decides(suite, customer, sandbox, cashier, action):
    order = customer.check_out()
    sandbox.pay_silently(order["session_id"], amount=500)
    (event,) = [event for event in sandbox.events("checkout.session.completed")
                if event["data"]["object"]["id"] == order["session_id"]]
    assert sandbox.deliver(event["id"])["status"] == 200
    assert cashier.money(order)[0] == "review"
    paid = orders_paid(suite)
    answer = cashier.resolve(order, action)
    assert orders_paid(suite) == paid + (action == "accept")
    if action == "accept":
        assert answer.json() == {"payment_id": order["payment_id"], "status": "paid"}
        customer.wait_until_mailed(order["session_id"])
        return
    assert answer.status_code == 202, answer.text
    cashier.wait_for_refund(order, "succeeded")
    assert cashier.money(order)[:3] == ("refunded", 989, 0)
    assert [given["amount"] for given in sandbox.refunds(order["session_id"])] == [500]
    assert customer.order(order["session_id"])["payment_status"] == "refunded"
    nothing = cashier.resolve(order, "accept")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_resolve")


def test_what_cannot_be_read_moves_no_money(customer, cashier):
    order = customer.check_out()
    for body, field in (({"amount_cents": "all"}, "amount_cents"), ({"reason": "mood"}, "reason"),
                        ({"amount_cents": -5}, "amount_cents")):
        answer = cashier.refund(order, **body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == field
    unpaid = cashier.refund(order)
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "not_paid")
    unknown = cashier.refund({"payment_id": "0193a000-0000-7000-8000-00000000dead"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "order_not_found")
