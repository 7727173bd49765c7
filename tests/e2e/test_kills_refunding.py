"""The kill matrix of refunds: whoever dies at whichever step, the customer gets the letter or the
money: never neither, never both.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e import killing
from e2e.refunding import Cashier
from e2e.steps import REFUND
from harness import invariants, pauses, waiting
from harness.template import DATABASE

SUITE = killing.SUITE

# A refund whose worker has died.
END_LEASES = "UPDATE payment.refunds SET next_at = now() WHERE next_at > now()"


@pytest.fixture(scope="module", name="scene")
def _scene(suite):
    return killing.Scene(suite)


@pytest.mark.parametrize("cell", killing.cells_of(REFUND), ids=str)
def test_the_customer_gets_the_letter_or_the_money(scene, cell):
    scene.prepare()
    cashier = Cashier(scene.suite, scene.customer)
    cashier.pause_mailing()
    order = cashier.paid_order()
    with ThreadPoolExecutor(max_workers=1) as operators:
        with scene.stopped_at(cell.step.where) as stop:
            refund = operators.submit(cashier.insist, order)
            stop.wait()
            scene.suite.kill(cell.victim)
            if not cell.commits:
                stop.roll_back()
        if cell.victim == "postgres":
            scene.suite.revive("postgres")
        pauses.end_leases(scene.suite.cluster, cell.victim)
        if cell.victim != "postgres":
            scene.suite.revive(cell.victim)
        refund.result(timeout=60)
    # From here on the letter goes out unless it is held.
    cashier.resume_mailing()

    def settled() -> bool:
        with scene.suite.cluster.session("fsft_owner", DATABASE) as cursor:
            cursor.execute(END_LEASES)
        pauses.end_pauses(scene.suite.cluster, killing.LEASE_SECONDS)
        return cashier.refunds(order) == [("succeeded", "")]

    waiting.until(settled, seconds=45, interval=0.2, what="the refund")
    cashier.wait_for_letter(order, "cancelled")
    assert cashier.money(order)[:3] == ("paid", 989, 0)
    assert [given["amount"] for given in scene.sandbox.refunds(order["session_id"])] == [989]
    assert scene.sandbox.letters(order["payment_id"]) == []
    waiting.until(lambda: invariants.breaches(scene.suite.cluster) == [], seconds=20,
                  what="everybody to have been told")
