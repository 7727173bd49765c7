"""The keys of personal data are replaced while orders flow and processes are killed."""

import secrets
import threading

from e2e.customer import appeal
from harness import waiting
from harness.template import DATABASE, write_private

# A letter whose POST was killed is posted again after seconds, not after minutes.
SUITE = {"settings": {"FSFT_WORK_POLL_SECONDS": 1, "FSFT_MAIL_LEASE_SECONDS": 4,
                      "FSFT_MAIL_RETRY_MIN_SECONDS": 1}}

# What is left under the old key of each purpose, by table.
LEFT = """
SELECT (SELECT count(*) FROM intake.intakes WHERE data_key_id = 'local-1')
     + (SELECT count(*) FROM intake.intakes WHERE lookup_key_id = 'local-1')
     + (SELECT count(*) FROM fulfillment.letters WHERE data_key_id = 'local-1')
"""
ORDERS_BEFORE = 8


def left(suite) -> int:
    return suite.cluster.query(LEFT, database=DATABASE)[0][0]


def write_keys(suite, lines: list):
    """As an operator replaces the file: whole, by a rename."""
    new = suite.directory / "data-keys.new"
    write_private(new, "\n".join(lines) + "\n")
    new.rename(suite.keys.data_keys_file)


class Motorists:
    """They order all the time."""

    def __init__(self, customer):
        self.orders = []
        self._customer = customer
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._enough.set()
        self._thread.join()

    def _run(self):
        while not self._enough.is_set():
            body = appeal()
            order = self._customer.insist(body, seconds=60)
            self._customer.pay(order["session_id"])
            self.orders.append((body, order))


def test_a_rotation_under_fire_loses_nothing(suite, customer):
    old = suite.keys.data_keys_file.read_text(encoding="utf-8").split()
    new = [f"{purpose}:local-2:{secrets.token_hex(32)}" for purpose in ("wrap", "lookup", "token")]
    with Motorists(customer) as motorists:
        waiting.until(lambda: len(motorists.orders) >= ORDERS_BEFORE, seconds=60, what="orders")
        # First every replica must know the new keys, then they become the current ones.
        write_keys(suite, [*old, *new])
        repeated = appeal()
        first = customer.insist(repeated)
        write_keys(suite, [*new, *old])
        for _ in range(3):
            for name in ("intake", "fulfillment"):
                suite.kill(name)
                suite.revive(name)
        assert customer.insist(repeated)["intake_id"] == first["intake_id"]
    orders = [order for _, order in motorists.orders]
    for order in orders:
        customer.wait_until_mailed(order["session_id"])
    waiting.until(lambda: left(suite) == 0, seconds=60, what="the old keys to be unused")

    # Request keys expire: a day passes, and the next start looks for them.
    with suite.cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute("UPDATE intake.request_keys SET expires_at = now() - interval '2 hours' "
                       "WHERE lookup_key_id <> 'local-2'")
    suite.restart("intake")
    waiting.until(lambda: not suite.cluster.query(
        "SELECT FROM intake.request_keys WHERE lookup_key_id <> 'local-2'", database=DATABASE),
        seconds=30, what="the request keys to be forgotten")

    # The old lines go, but for that of the tokens, which customers still hold.
    write_keys(suite, [*new, *(line for line in old if line.startswith("token:"))])
    for name in ("intake", "fulfillment"):
        suite.restart(name)
    for body, order in motorists.orders:
        path = f"/api/appeals/{order['payment_id']}"
        details = customer.get_patiently(path, order["access_token"])
        assert details.json()["citation_number"] == body["citation_number"], details.text
        letter = customer.get_patiently(f"{path}/letter.pdf", order["access_token"])
        assert letter.status_code == 200 and letter.content.startswith(b"%PDF")
        # Found by what the person knows.
        repeat = customer.post("/api/checkout/create-session", {**body, "appeal_type": "certified"})
        assert (repeat.status_code, repeat.json()["code"]) == (409, "already_paid"), repeat.text
