"""Thirty random schedules of real crashes while several customers are at it: everybody who paid
gets exactly one letter, and nobody else gets any.

A failed schedule names its seed; `SEED=17 ctest --preset dev -R e2e_random_kills` runs that one.
Processes are no clockwork, so it may take a few runs to fail again.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from e2e import killing
from e2e.customer import Customer, appeal
from harness import invariants, pauses, waiting
from harness.template import DATABASE

SUITE = {**killing.SUITE, "replicas": {"payment": 2, "fulfillment": 2}}

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else range(1, 31)

VICTIMS = ("postgres", "gateway", "intake", "payment", "payment-2", "fulfillment",
           "fulfillment-2")


@dataclass(frozen=True)
class Blow:
    """After a pause all victims are killed at once, and revived in this order after another."""

    pause: float
    victims: tuple
    down: float


@dataclass(frozen=True)
class Visit:
    """A customer who comes after a pause, and pays or does not."""

    pause: float
    pays: bool


class Schedule:
    def __init__(self, seed: int):
        dice = random.Random(seed)
        self.visits = [Visit(dice.uniform(0, 1.5), dice.random() < 0.8)
                       for _ in range(dice.randint(5, 10))]
        self.blows = [Blow(dice.uniform(0, 0.5),
                           tuple(dice.sample(VICTIMS, dice.choice((1, 1, 1, 2, 3)))),
                           dice.uniform(0, 0.3))
                      for _ in range(dice.randint(3, 5))]

    def __str__(self):
        return "\n".join(map(str, [*self.visits, *self.blows]))


def visit(suite, sandbox, plan: Visit) -> tuple:
    """(payment id, whether it was paid)"""
    time.sleep(plan.pause)
    customer = Customer(suite.gateway_url, sandbox)
    session = customer.insist(appeal(), seconds=60)
    if plan.pays:
        customer.pay(session["session_id"])
    return session["payment_id"], plan.pays


def strike(suite, blow: Blow):
    time.sleep(blow.pause)
    for victim in blow.victims:
        suite.kill(victim)
    time.sleep(blow.down)
    suite.revive(*blow.victims)


def letters_settled(suite, paid: list) -> bool:
    pauses.end_leases(suite.cluster, "postgres")
    pauses.end_pauses(suite.cluster, killing.LEASE_SECONDS)
    ((mailed,),) = suite.cluster.query(
        "SELECT count(*) FROM payment.payments"
        " WHERE payment_id = ANY (CAST(%s AS uuid[])) AND delivery_state = 'mailed'",
        paid, database=DATABASE)
    return mailed == len(paid)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_paid_gets_one_letter(suite, sandbox, seed):
    schedule = Schedule(seed)
    print(f"seed {seed}\n{schedule}")
    before = sandbox.counts()["sessions"]
    with ThreadPoolExecutor(max_workers=len(schedule.visits)) as customers:
        visits = [customers.submit(visit, suite, sandbox, plan) for plan in schedule.visits]
        for blow in schedule.blows:
            strike(suite, blow)
        orders = [order.result(timeout=90) for order in visits]

    paid = [payment_id for payment_id, pays in orders if pays]
    waiting.until(lambda: letters_settled(suite, paid), seconds=60, interval=0.2,
                  what="all letters to be mailed")
    invariants.check(suite.cluster)
    assert {payment_id: len(sandbox.letters(payment_id)) for payment_id, _ in orders} == {
        payment_id: int(pays) for payment_id, pays in orders}
    # A repeated request has continued its order and not begun another.
    assert len({payment_id for payment_id, _ in orders}) == len(schedule.visits)
    assert sandbox.counts()["sessions"] - before == len(schedule.visits)
