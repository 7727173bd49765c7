"""What operators see and do when letters do not simply go out."""

import pytest
import requests

from e2e.operating import SETTINGS, Operator, bought
from harness import waiting

SUITE = {"settings": SETTINGS}


@pytest.fixture(scope="module", name="operator")
def _operator(suite, customer):
    return Operator(suite, customer)


def test_while_paused_nothing_is_posted_and_resuming_mails_it(customer, sandbox, operator):
    assert operator.post("/api/admin/mailing/pause").json() == {"status": "paused"}
    waiting.until(lambda: operator.mail_part() == "paused", seconds=10, what="the status to say so")
    order = bought(customer)
    waiting.until(lambda: customer.order(order["session_id"])["mailing_status"] == "preparing",
                  seconds=20, what="fulfillment to have the order")
    assert sandbox.requests("lob", operation="lob.letters.create") == []
    answer = operator.post("/api/admin/mailing/resume").json()
    assert answer == {"status": "mailing", "was_paused_for": ["operator"]}
    customer.wait_until_mailed(order["session_id"])
    waiting.until(lambda: operator.mail_part() == "test", seconds=10, what="the status to say so")


def test_a_refused_key_pauses_mailing_by_itself(customer, sandbox, operator):
    with sandbox.failing("lob.letters.create", 401):
        order = bought(customer)
        waiting.until(lambda: operator.mail_part() == "paused", seconds=20, what="the pause")
    operator.wait_for(order, "queued", "printer_credentials")
    answer = operator.post("/api/admin/mailing/resume").json()
    assert answer["was_paused_for"] == ["paused_credentials"]
    customer.wait_until_mailed(order["session_id"])
    assert len(sandbox.letters(order["payment_id"])) == 1


def test_a_refused_letter_waits_and_is_retried(suite, customer, sandbox, operator):
    with sandbox.failing("lob.letters.create", 422, times=1):
        order = bought(customer)
        operator.wait_for(order, "dead_letter", "printer_refused_invalid")
    assert customer.order(order["session_id"])["mailing_status"] == "needs_attention"
    answer = customer.post(f"/api/webhook/retry-fulfillment/{order['session_id']}",
                           token=suite.keys.admin_token)
    assert answer.json()["status"] == "queued"
    operator.wait_for(order, "mailed")
    assert len(sandbox.letters(order["payment_id"])) == 1


def test_a_letter_that_fails_at_the_printer_goes_out_anew_by_decision(customer, sandbox, operator):
    order = bought(customer)
    customer.wait_until_mailed(order["session_id"])
    anew = f"/api/admin/fulfillments/{order['payment_id']}/new-generation"
    refused = operator.post(anew)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_new_generation")
    (letter,) = sandbox.letters(order["payment_id"])
    sandbox.fail_letter(letter["id"])
    operator.wait_for(order, "failed_at_printer", "printer_failed")
    waiting.until(
        lambda: customer.order(order["session_id"])["mailing_status"] == "needs_attention",
        seconds=20, what="the customer to see it")
    assert len(sandbox.letters(order["payment_id"])) == 1, "nothing is sent again by itself"

    assert operator.post(anew).json()["status"] == "queued"
    operator.wait_for(order, "mailed")
    assert len(sandbox.letters(order["payment_id"])) == 2
    (second,) = sandbox.live_letters(order["payment_id"])
    assert second["metadata"]["generation"] == "2"
    customer.wait_until_mailed(order["session_id"])


def test_a_refund_in_time_cancels_the_letter_at_the_printer(customer, sandbox, operator):
    order = bought(customer)
    customer.wait_until_mailed(order["session_id"])
    sandbox.refund(order["session_id"])
    operator.wait_for(order, "cancelled")
    assert sandbox.live_letters(order["payment_id"]) == []


def test_a_refund_that_comes_too_late_leaves_the_letter_mailed(customer, sandbox, operator):
    order = bought(customer)
    customer.wait_until_mailed(order["session_id"])
    with sandbox.lob_behaving(refuse_cancel=True):
        sandbox.refund(order["session_id"])
        operator.wait_for(order, "mailed", "too_late_to_cancel")
    assert len(sandbox.live_letters(order["payment_id"])) == 1


def test_a_refund_while_mailing_is_paused_means_that_nothing_is_posted(customer, sandbox, operator):
    operator.post("/api/admin/mailing/pause")
    order = bought(customer)
    waiting.until(lambda: customer.order(order["session_id"])["mailing_status"] == "preparing",
                  seconds=20, what="fulfillment to have the order")
    sandbox.refund(order["session_id"])
    operator.wait_for(order, "cancelled")
    operator.post("/api/admin/mailing/resume")
    other = bought(customer)
    customer.wait_until_mailed(other["session_id"])
    assert sandbox.letters(order["payment_id"]) == []


def test_a_second_letter_is_found_and_cancelled(suite, customer, sandbox, operator):
    order = bought(customer)
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    send_again(suite, sandbox, letter)
    assert len(sandbox.live_letters(order["payment_id"])) == 2

    def only_the_first() -> bool:
        operator.end_pause(order)
        return [live["id"] for live in sandbox.live_letters(order["payment_id"])] == [letter["id"]]

    waiting.until(only_the_first, seconds=20, interval=0.1,
                  what="the second letter to be cancelled")
    assert operator.letter(order, "state, lob_letter_id") == ("mailed", letter["id"])


def send_again(suite, sandbox, letter: dict):
    """The same letter once more under another key, as if the printer had lost the first key."""
    fields = {f"{whose}[{name}]": value for whose, address in
              (("to", letter["sent_to"]), ("from", letter["sent_from"]))
              for name, value in address.items()}
    fields |= {f"metadata[{name}]": value for name, value in letter["metadata"].items()}
    answer = requests.post(f"{suite.sandbox_url}/lob/v1/letters", timeout=30,
                           auth=(suite.keys.lob_api_key, ""),
                           data={**fields, "use_type": "operational", "color": "false"},
                           files={"file": ("letter.pdf", sandbox.letter_pdf(letter["id"]),
                                           "application/pdf")})
    assert answer.status_code == 200, answer.text
