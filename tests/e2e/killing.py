"""One cell of the kill matrix: an order is stopped at a step, a process is killed there."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from e2e.customer import Customer, appeal
from e2e.steps import STATEMENTS, Held, Step
from harness import invariants, pauses, waiting
from harness.sandbox import Sandbox
from harness.stop_points import StopPoint, StopPoints
from harness.suite import Suite
from harness.template import DATABASE

# A letter that a process without its database was posting is posted again after so long.
LEASE_SECONDS = 4

SUITE = {
    "settings": {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1,
                 "FSFT_MAIL_LEASE_SECONDS": LEASE_SECONDS, "FSFT_MAIL_RETRY_MIN_SECONDS": 1},
    # What a process has handed to the kernel survives it, flushed or not; and what it has not, as
    # the commits with synchronous_commit=off, is lost as it would be when the power fails.
    "postgres": {"fsync": "off"},
    "sandbox": {"webhook-retry-ms": 100},
}


@dataclass(frozen=True)
class Cell:
    """`commits`: of a killed owner, whether its waiting statement still commits."""

    step: Step
    victim: str
    commits: bool = True

    def __str__(self):
        fate = "" if self.commits else "-and_its_statement"
        return f"{self.step.name}-{self.victim}{fate}"


def cells_of(steps: tuple) -> list:
    """Every step with everybody whom a crash there concerns."""
    cells = []
    for step in steps:
        cells.append(Cell(step, step.owner))
        if isinstance(step.where, StopPoint):
            cells.append(Cell(step, step.owner, commits=False))
        cells += [Cell(step, victim) for victim in (*step.callers, "postgres")]
    return cells


class Scene:
    """A suite with its stop points."""

    def __init__(self, suite: Suite):
        self.suite = suite
        self.sandbox = Sandbox(suite.sandbox_url, suite.keys.stripe_secret_key)
        self.customer = Customer(suite.gateway_url, self.sandbox)
        self._points = StopPoints(suite.cluster, STATEMENTS)
        self._made_before = (0, 0, 0)

    def prepare(self):
        """Everything runs, also after a cell that failed half-way, whose order counts no more."""
        self.suite.revive(*self.suite.dead())
        self._made_before = self._counts()

    def play(self, cell: Cell):
        """An order meets the crash, and is right in the end."""
        self.prepare()
        with ThreadPoolExecutor(max_workers=1) as customers:
            with self.stopped_at(cell.step.where) as stop:
                order = customers.submit(self._buy)
                stop.wait()
                self.suite.kill(cell.victim)
                if not cell.commits:
                    stop.roll_back()
            # What was waiting goes on, before the killed process is back and sees the outcome.
            if cell.victim == "postgres":
                self.suite.revive("postgres")
            pauses.end_leases(self.suite.cluster, cell.victim)
            if cell.victim != "postgres":
                self.suite.revive(cell.victim)
            self._check(order.result(timeout=60))

    @contextlib.contextmanager
    def stopped_at(self, where, payment_id: str = None):
        """Inside, who comes to the StopPoint or the held call is stopped; yields a Stop or its
        like.
        """
        if isinstance(where, StopPoint):
            with self._points.armed(where) as stop:
                yield stop
        else:
            with self.sandbox.held(where.operation, where.point, payment_id=payment_id, times=1):
                yield HeldCall(self.sandbox, where)

    def _buy(self) -> dict:
        session = self.customer.insist(appeal())
        self.customer.pay(session["session_id"])
        return session

    def _check(self, session: dict):
        payment_id = session["payment_id"]
        waiting.until(lambda: self._mailed(payment_id), seconds=45, interval=0.1,
                      what=f"{payment_id} to be mailed")
        invariants.check(self.suite.cluster)
        assert len(self.sandbox.letters(payment_id)) == 1
        # The first request and its repeats are one order.
        assert self._counts() == tuple(made + 1 for made in self._made_before)

    def _mailed(self, payment_id: str) -> bool:
        pauses.end_pauses(self.suite.cluster, LEASE_SECONDS)
        return self.suite.cluster.query(
            "SELECT delivery_state FROM payment.payments WHERE payment_id = %s", payment_id,
            database=DATABASE) == [("mailed",)]

    def _counts(self) -> tuple:
        """Of intakes, payments and sessions at Stripe."""
        (stored,) = self.suite.cluster.query(
            "SELECT (SELECT count(*) FROM intake.intakes), (SELECT count(*) FROM payment.payments)",
            database=DATABASE)
        return (*stored, self.sandbox.counts()["sessions"])


class HeldCall:
    """A held call, with the manner of a Stop."""

    def __init__(self, sandbox: Sandbox, where: Held):
        self._sandbox = sandbox
        self._where = where

    def reached(self) -> bool:
        return self._sandbox.is_held(self._where.operation)

    def wait(self):
        waiting.until(self.reached, seconds=20, what=f"a call of {self._where.operation}")
