"""An operator who gives money back, and looks at what became of it."""

import contextlib
import uuid

import requests

from e2e.customer import Customer, appeal
from harness import waiting
from harness.suite import Suite
from harness.template import DATABASE

# What waits for Stripe or for a letter is looked at again at once.
END_PAUSES = "UPDATE payment.refunds SET next_at = now() WHERE next_at > now() + interval '61 s'"

MONEY = """
SELECT state, refunded_cents, refund_reserved_cents, hold, dispute FROM payment.payments
WHERE payment_id = %s
"""


class Cashier:
    """Has every scope."""

    def __init__(self, suite: Suite, customer: Customer):
        self._suite = suite
        self._customer = customer

    def post(self, path: str, key: str = None, **body) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self._customer.post(path, json=body, headers=headers,
                                   token=self._suite.keys.admin_token)

    def refund(self, order: dict, key: str = None, **body) -> requests.Response:
        """Asks for a refund, and each time for another one unless there is a key."""
        return self.post(f"/api/admin/payments/{order['payment_id']}/refund",
                         key or f"refund-{uuid.uuid4()}", **{"reason": "other", **body})

    def refund_patiently(self, order: dict, **body) -> requests.Response:
        """Asks for one refund until the site is not in trouble, and has an answer."""
        key = f"refund-{uuid.uuid4()}"

        def answered():
            with contextlib.suppress(requests.ConnectionError):
                answer = self.refund(order, key, **body)
                # In a tuple, because a refusal counts as false.
                return answer.status_code < 500 and (answer,)
            return None

        return waiting.until(answered, seconds=30, interval=0.2, what="the refund")[0]

    def insist(self, order: dict) -> dict:
        """Asks for all of it, as one who sees the site in trouble."""
        answer = self.refund_patiently(order)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def resolve(self, order: dict, action: str) -> requests.Response:
        return self.post(f"/api/admin/payments/{order['payment_id']}/resolve", action=action)

    def listed(self, name: str) -> set:
        """The payments of an operators' list, its pages put together."""
        found, cursor = set(), ""
        while cursor is not None:
            answer = self._customer.get("/api/admin/payments", self._suite.keys.admin_token,
                                        params={"list": name, "limit": 20, "cursor": cursor})
            assert answer.status_code == 200, answer.text
            found |= {payment["payment_id"] for payment in answer.json()["payments"]}
            cursor = answer.json()["next_cursor"]
        return found

    def pause_mailing(self):
        assert self.post("/api/admin/mailing/pause").status_code == 200

    def resume_mailing(self):
        """Again and again while the site is in trouble."""
        waiting.until(lambda: self.post("/api/admin/mailing/resume").status_code == 200,
                      seconds=20, interval=0.2, what="mailing to be resumed")

    def paid_order(self, **changes) -> dict:
        """Of which fulfillment has heard."""
        order = self._customer.check_out(appeal(**changes))
        self._customer.pay(order["session_id"])
        waiting.until(lambda: self.letter(order), seconds=20, what="fulfillment to have the order")
        return order

    def money(self, order: dict) -> tuple:
        """State, cents given back, cents reserved, hold, dispute."""
        return self._query(MONEY, order["payment_id"])[0]

    def letter(self, order: dict) -> str:
        """The letter's state; None before fulfillment has heard of the order."""
        rows = self._query("SELECT state FROM fulfillment.letters WHERE payment_id = %s",
                           order["payment_id"])
        return rows[0][0] if rows else None

    def refunds(self, order: dict) -> list:
        """State and failure of each, oldest first."""
        return self._query("SELECT state, failure FROM payment.refunds WHERE payment_id = %s"
                           " ORDER BY refund_id", order["payment_id"])

    def wait_for_refund(self, order: dict, state: str, failure: str = ""):
        """Waits until the newest refund stands so; its pauses are cut short meanwhile."""
        def reached() -> bool:
            with self._suite.cluster.session("fsft_owner", DATABASE) as cursor:
                cursor.execute(END_PAUSES)
            return self.refunds(order)[-1] == (state, failure)

        waiting.until(reached, seconds=30, interval=0.1, what=f"the refund to be {state}")

    def wait_for_letter(self, order: dict, state: str):
        waiting.until(lambda: self.letter(order) == state, seconds=30, interval=0.1,
                      what=f"the letter to be {state}")

    def _query(self, sql: str, *args) -> list:
        return self._suite.cluster.query(sql, *args, role="fsft_readonly", database=DATABASE)
