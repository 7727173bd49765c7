"""Programs come and go while customers look, check out and pay.

Restarted one by one, nobody notices; of a gateway that dies only those who waited for it.
"""

import json
import time

from e2e import rollout
from e2e.crowd import Crowd
from harness import report, waiting
from harness.suite import SERVICES
from harness.template import DATABASE

PROGRAMS = (*SERVICES, "gateway")
SUITE = {"balanced": True, "replicas": {program: 2 for program in PROGRAMS}}
ANSWERS = 200


def test_a_rolling_restart_drops_nothing(suite, sandbox, customer):
    with Crowd(suite, sandbox, customer) as crowd:
        replaced = [rollout.replace(suite, name)
                    for program in PROGRAMS for name in suite.names(program)]
    report.show("\n".join(["A rolling restart", crowd.report(), *map(rollout.line, replaced)]))
    crowd.check_nothing_was_dropped()
    crowd.check_orders()


def wait_for_answers(crowd: Crowd, count: int):
    """So many more than there are by now on each way in."""
    wanted = [(loop.answers, len(loop.answers) + count) for (_, kind), loop in crowd.loops.items()
              if kind == "looks"]
    waiting.until(lambda: all(len(answers) >= goal for answers, goal in wanted), seconds=60,
                  what="answers")


def payments(suite) -> int:
    return suite.cluster.query("SELECT count(*) FROM payment.payments", database=DATABASE)[0][0]


def test_a_gateway_that_dies_costs_only_those_who_wait_for_it(suite, sandbox, customer):
    before = payments(suite)
    with Crowd(suite, sandbox, customer) as crowd:
        wait_for_answers(crowd, ANSWERS)
        killed = time.monotonic()
        suite.kill("gateway-2")
        dead = time.monotonic()
        wait_for_answers(crowd, ANSWERS)
        suite.revive("gateway-2")
        wait_for_answers(crowd, ANSWERS)
    report.show("\n".join(["A gateway is killed", crowd.report(),
                           f"  lost {len(crowd.failures())} that were under way"]))
    for lost in crowd.failures():
        # The ingress says that it got no answer.
        assert lost.status in (None, 502) and lost.begun < dead and lost.ended > killed, lost
        if lost.request[0] == "POST":
            # Whether it was stored or not, the same request is the same order.
            crowd.orders.append(customer.check_out(json.loads(lost.request[2])))
    crowd.check_orders()
    assert payments(suite) == before + len(crowd.orders)
