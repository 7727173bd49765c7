"""The path of an order: appeal, checkout, payment, one letter with the customer's words."""

import pytest

from e2e.customer import LETTER, appeal
from e2e.reading import text_of
from harness import waiting


@pytest.fixture(scope="module", name="order")
def _order(customer):
    """One order from the form to the mailbox: the answer of create-session."""
    return customer.mailed_order()


@pytest.fixture(scope="module", name="letter")
def _letter(sandbox, order):
    """The one letter of the order in the sandbox's mailbox."""
    (letter,) = sandbox.letters(order["payment_id"])
    return letter


def test_create_session_answers_all_that_the_contract_names(order):
    assert {"checkout_url", "session_id", "amount_total", "currency", "appeal_type",
            "citation_number", "payment_id", "intake_id", "draft_id",
            "access_token"} <= order.keys()
    assert (order["amount_total"], order["currency"]) == (989, "usd")


def test_the_mailbox_has_one_letter_with_the_customers_words(sandbox, letter):
    assert LETTER in text_of(sandbox.letter_pdf(letter["id"]))


def test_the_letter_is_addressed_to_the_agency_and_sent_by_the_customer(letter):
    to, sender = letter["sent_to"], letter["sent_from"]
    assert "SFMTA Citation Review" in (to.get("name"), to.get("company"))
    assert (sender["name"], sender["address_line1"]) == (appeal()["user_name"],
                                                         appeal()["user_address_line1"])


def test_the_success_page_says_paid_and_mailed(customer, order):
    shown = customer.order(order["session_id"])
    assert (shown["payment_status"], shown["mailing_status"]) == ("paid", "mailed")
    assert shown["payment_id"] == order["payment_id"]


def test_without_a_token_an_appeal_tells_states_and_dates_only(customer, order):
    answer = customer.get(f"/api/appeals/{order['payment_id']}")
    assert answer.status_code == 200
    assert answer.json()["mailing_status"] == "mailed"
    assert order["citation_number"] not in answer.text
    assert "tracking_number" not in answer.text


def test_with_the_token_an_appeal_tells_its_owner_more(customer, order):
    answer = customer.get(f"/api/appeals/{order['payment_id']}", token=order["access_token"])
    assert answer.status_code == 200
    assert [entry["what"] for entry in answer.json()["timeline"]]


def test_a_wrong_token_is_401_and_never_as_if_none(customer, order):
    assert customer.get(f"/api/appeals/{order['payment_id']}", token="wrong").status_code == 401


def test_the_token_of_another_order_opens_nothing(customer, order):
    other = customer.check_out()
    for path in (f"/api/appeals/{order['payment_id']}",
                 f"/api/appeals/{order['payment_id']}/letter.pdf"):
        assert customer.get(path, token=other["access_token"]).status_code in (401, 403)


def test_letter_pdf_is_what_the_printer_got(customer, sandbox, order, letter):
    path = f"/api/appeals/{order['payment_id']}/letter.pdf"
    answer = customer.get(path, token=order["access_token"])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content == sandbox.letter_pdf(letter["id"])


def test_letter_pdf_needs_the_token(customer, order):
    assert customer.get(f"/api/appeals/{order['payment_id']}/letter.pdf").status_code == 401


def test_an_unpaid_order_is_not_mailed(customer, sandbox):
    unpaid = customer.check_out()
    # An order after it goes the whole way: whatever would have mailed the unpaid one had its turn.
    customer.mailed_order()
    assert customer.order(unpaid["session_id"])["mailing_status"] == "waiting"
    assert sandbox.letters(unpaid["payment_id"]) == []


def test_the_same_request_again_before_payment_is_the_same_order(customer):
    body = appeal()
    first, again = customer.check_out(body), customer.check_out(body)
    assert first["session_id"] == again["session_id"]
    assert first["access_token"] == again["access_token"]


def test_the_same_request_again_after_payment_is_409_already_paid(customer):
    body = appeal()
    paid = customer.check_out(body)
    customer.pay(paid["session_id"])
    waiting.until(lambda: customer.order(paid["session_id"])["payment_status"] == "paid",
                  seconds=30, what="the payment")
    answer = customer.post("/api/checkout/create-session", body)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "already_paid"
    assert problem["payment_id"] == paid["payment_id"]


def test_a_certified_letter_costs_and_travels_as_such(customer, sandbox):
    order = customer.check_out(appeal(appeal_type="Certified"))
    assert (order["amount_total"], order["appeal_type"]) == (1989, "certified")
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    assert letter["extra_service"] == "certified"


def test_a_webhook_delivered_again_mails_nothing_more(customer, sandbox, order):
    event = sandbox.completed_events()[order["session_id"]]
    assert sandbox.deliver(event)["status"] == 200
    customer.mailed_order()
    assert len(sandbox.letters(order["payment_id"])) == 1


def test_an_operators_retry_of_a_mailed_order_says_so(suite, customer, order):
    answer = customer.post(f"/api/webhook/retry-fulfillment/{order['session_id']}",
                           token=suite.keys.admin_token)
    assert answer.status_code == 200
    assert answer.json()["status"] == "already_fulfilled"
