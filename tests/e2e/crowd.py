"""Customers who look at orders, check out and pay, all the time and through both ways in."""

import contextlib
import json
import queue
import random
from concurrent.futures import ThreadPoolExecutor

from e2e.customer import appeal
from harness import open_loop, waiting
from harness.open_loop import OpenLoop
from harness.template import DATABASE

LOOKS, CHECKOUTS = 200, 10  # a second
PAYING = 3  # one in so many pays
WAYS_IN = ("service", "ingress")

STORED = """
SELECT count(*) FROM payment.payments JOIN intake.drafts USING (draft_id, intake_id)
JOIN intake.intakes USING (intake_id)
WHERE payments.payment_id = ANY (CAST(%s AS uuid[]))
"""
MAILED = """
SELECT count(*) FROM payment.payments
WHERE payment_id = ANY (CAST(%s AS uuid[])) AND delivery_state = 'mailed'
"""


class Crowd:
    """As a context manager it is there. Inside, `orders` grows."""

    def __init__(self, suite, sandbox, customer):
        self._suite = suite
        self._sandbox = sandbox
        self.orders = [customer.check_out()]
        self.paid = []
        self._to_pay = queue.SimpleQueue()
        # How each way in is used, by what is asked.
        self.loops = {(way, kind): self._loop(way, kind)
                      for way in WAYS_IN for kind in ("looks", "checkouts")}

    def _loop(self, way: str, kind: str) -> OpenLoop:
        port = self._suite.port("balancer", way)
        if kind == "looks":
            return OpenLoop(port, LOOKS / len(WAYS_IN), self._look)
        return OpenLoop(port, CHECKOUTS / len(WAYS_IN), self._check_out, self._checked_out)

    def __enter__(self):
        self._payer = ThreadPoolExecutor(1)
        self._paying = self._payer.submit(self._pay)
        self._stack = contextlib.ExitStack()
        for loop in self.loops.values():
            self._stack.enter_context(loop)
        return self

    def __exit__(self, *_):
        try:
            self._stack.close()
        finally:
            self._to_pay.put(None)
            self._payer.shutdown()
        self._paying.result()  # raises what it has raised
        assert self._to_pay.empty()

    def _look(self) -> tuple:
        return "GET", f"/api/appeals/{random.choice(self.orders)['payment_id']}", None

    def _check_out(self) -> tuple:
        return "POST", "/api/checkout/create-session", json.dumps(appeal())

    def _checked_out(self, answer):
        order = json.loads(answer.body)
        self.orders.append(order)
        if len(self.orders) % PAYING == 0:
            self._to_pay.put(order)

    def _pay(self):
        while order := self._to_pay.get():
            self._sandbox.pay(order["session_id"])
            self.paid.append(order["payment_id"])

    def report(self) -> str:
        return "\n".join(f"  {way:<8} {kind:<10} {open_loop.summary(loop.answers)}"
                         for (way, kind), loop in self.loops.items())

    def check_nothing_was_dropped(self):
        """Every request was answered, and behind an ingress nobody had to ask again."""
        assert not self.failures(), self.failures()[:5]
        again = [answer for (way, _), loop in self.loops.items() if way == "ingress"
                 for answer in loop.answers if answer.retried]
        assert not again

    def failures(self) -> list:
        return [answer for loop in self.loops.values()
                for answer in open_loop.failures(loop.answers)]

    def check_orders(self):
        """What was promised is stored, and who paid gets one letter."""
        payments = [order["payment_id"] for order in self.orders]
        assert len(payments) == len(set(payments)) > len(self.paid) > 0
        assert self._count(STORED, payments) == len(payments)
        waiting.until(lambda: self._count(MAILED, self.paid) == len(self.paid), seconds=60,
                      interval=0.2, what="all who paid to have a letter")
        letters = [letter["metadata"]["payment_id"] for letter in self._sandbox.all_letters()]
        assert sorted(set(payments) & set(letters)) == sorted(self.paid)
        assert len(letters) == len(set(letters))

    def _count(self, sql: str, payments: list) -> int:
        return self._suite.cluster.query(sql, payments, database=DATABASE)[0][0]
