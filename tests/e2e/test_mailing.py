"""What operators see and do when letters do not simply go out."""

import pytest
import requests

from e2e.customer import appeal
from harness import waiting
from harness.template import DATABASE

LEASE_SECONDS = 4

SUITE = {"settings": {"FSFT_WORK_POLL_SECONDS": 1, "FSFT_MAIL_LEASE_SECONDS": LEASE_SECONDS}}

# What is due later than any lease ends is a pause.
END_PAUSE = """
UPDATE fulfillment.letters SET next_at = now()
WHERE payment_id = %s AND next_at > now() + make_interval(secs => %s)
"""


class Operator:
    """One who may do everything, and looks into the database."""

    def __init__(self, suite, customer):
        self._suite = suite
        self._customer = customer

    def post(self, path: str, **body):
        return self._customer.post(path, json=body, token=self._suite.keys.admin_token)

    def mail_part(self) -> str:
        return self._customer.get("/status").json()["parts"]["mail"]

    def letter(self, order: dict, columns: str = "state, reason"):
        """Its columns; None before fulfillment has heard of the order."""
        rows = self._suite.cluster.query(
            f"SELECT {columns} FROM fulfillment.letters WHERE payment_id = %s",
            order["payment_id"], role="fsft_readonly", database=DATABASE)
        return rows[0] if rows else None

    def end_pause(self, order: dict):
        with self._suite.cluster.session("fsft_owner", DATABASE) as cursor:
            cursor.execute(END_PAUSE, (order["payment_id"], LEASE_SECONDS + 1))

    def wait_for(self, order: dict, state: str, reason: str = ""):
        """Waits for this state; the pauses of the letter are cut short meanwhile."""
        def reached() -> bool:
            self.end_pause(order)
            return self.letter(order) == (state, reason)

        waiting.until(reached, seconds=30, interval=0.1, what=f"{state} ({reason})")


@pytest.fixture(scope="module", name="operator")
def _operator(suite, customer):
    return Operator(suite, customer)


def bought(customer) -> dict:
    """A paid order; the answer of create-session."""
    order = customer.check_out(appeal())
    customer.pay(order["session_id"])
    return order


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
