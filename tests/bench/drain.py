"""Whole orders, bought by so many customers at a time, until the last letter is printed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.meter import OURS, Meter
from e2e.customer import Customer, appeal
from harness import waiting
from harness.sandbox import Sandbox
from harness.template import DATABASE


@dataclass
class Drained:
    """Processors in microseconds for each order."""
    connections: int
    per_second: float
    cpu: Counter

    @property
    def ours(self) -> float:
        return sum(self.cpu[name] for name in OURS)


class Drain:
    """Customers of a suite that is up."""

    def __init__(self, suite):
        self._suite = suite
        self._sandbox = Sandbox(suite.sandbox_url, suite.keys.stripe_secret_key)
        self._customer = Customer(suite.gateway_url, self._sandbox)

    def buy(self, connections: int, count: int) -> Drained:
        """Raises when an order has not exactly one letter."""
        meter = Meter(self._suite)
        with ThreadPoolExecutor(connections) as customers:
            payments = list(customers.map(self._order, range(count)))
        waiting.until(lambda: self._mailed(payments) == count, seconds=300, interval=0.05,
                      what="every letter to be mailed")
        used = meter.used()
        letters = Counter(letter["metadata"]["payment_id"]
                          for letter in self._sandbox.all_letters())
        if [letters[payment] for payment in payments] != [1] * count:
            raise RuntimeError("an order has not exactly one letter")
        return Drained(connections, count / used["time"],
                       Counter({name: value / count for name, value in used.items()}))

    def _order(self, _) -> str:
        order = self._customer.check_out(appeal())
        self._customer.pay(order["session_id"])
        return order["payment_id"]

    def _mailed(self, payments: list) -> int:
        return self._suite.cluster.query(
            "SELECT count(*) FROM fulfillment.letters WHERE state = 'mailed' "
            "AND payment_id = ANY (CAST(%s AS uuid[]))", payments, database=DATABASE)[0][0]
