"""An operator at work, for tests whose suite has SETTINGS."""

from e2e.customer import appeal
from harness import waiting
from harness.template import DATABASE

LEASE_SECONDS = 4
# An attempt is leased for as long as a repeat must wait, if that is longer.
SETTINGS = {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1,
            "FSFT_MAIL_RETRY_MIN_SECONDS": 1, "FSFT_MAIL_LEASE_SECONDS": LEASE_SECONDS}

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

    def get(self, path: str):
        return self._customer.get(path, token=self._suite.keys.admin_token)

    def on_letter(self, order: dict, what: str):
        """Cancels or retries the order's letter: "cancel", "retry", "retry?undo_cancel=true"."""
        return self._customer.post(f"/api/admin/fulfillments/{order['payment_id']}/{what}",
                                   token=self._suite.keys.admin_token)

    def trail(self, order: dict) -> list:
        """What was done to the letter, and by whom."""
        trail = self.get(f"/api/admin/audit/{order['payment_id']}").json()["letter"]
        return [(entry["actor"], entry["action"], entry["to_state"]) for entry in trail]

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


def bought(customer) -> dict:
    """A paid order; the answer of create-session."""
    order = customer.check_out(appeal())
    customer.pay(order["session_id"])
    return order
