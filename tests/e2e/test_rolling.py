"""Every program is restarted, one by one, while customers look, check out and pay: none notices."""

from e2e import rollout
from e2e.crowd import Crowd
from harness import report
from harness.suite import SERVICES

PROGRAMS = (*SERVICES, "gateway")
SUITE = {"balanced": True, "replicas": {program: 2 for program in PROGRAMS}}


def test_a_rolling_restart_drops_nothing(suite, sandbox, customer):
    with Crowd(suite, sandbox, customer) as crowd:
        replaced = [rollout.replace(suite, name)
                    for program in PROGRAMS for name in suite.names(program)]
    report.show("\n".join(["A rolling restart", crowd.report(), *map(rollout.line, replaced)]))
    crowd.check_nothing_was_dropped()
    crowd.check_orders()
