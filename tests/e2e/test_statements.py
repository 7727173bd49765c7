"""Every statement of every service fits the schema: what --print-statements prints can be prepared,
by the service's own role.
"""

import subprocess

import pytest

from harness import paths
from harness.suite import SERVICES
from harness.template import DATABASE


def printed(service: str) -> list:
    done = subprocess.run([paths.binary(service), "--print-statements"], check=True,
                          capture_output=True, text=True)
    return [statement for statement in done.stdout.split(";\n\n") if statement]


@pytest.mark.parametrize("service", SERVICES)
def test_every_statement_can_be_prepared(cluster, service):
    statements = printed(service)
    with cluster.session(SERVICES[service], DATABASE) as cursor:
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SELECT name FROM pg_prepared_statements")
        prepared = {name for (name,) in cursor.fetchall()}
    assert len(prepared) == len(statements) > 20
    assert "ping" in prepared
    assert all(name.startswith(f"{service}.") for name in prepared - {"ping"})


@pytest.mark.parametrize("service", ["payment", "fulfillment"])
def test_the_outbox_is_among_them(service):
    names = [statement.split('"')[1] for statement in printed(service)]
    assert {f"{service}.outbox.{name}" for name in ("claim", "settle", "put_off")} <= set(names)


def test_payments_look_at_the_server_is_among_them():
    assert 'PREPARE "payment.server_gauges"' in "".join(printed("payment"))


def test_a_statement_that_does_not_fit_is_noticed(cluster):
    with cluster.session("payment_rw", DATABASE) as cursor:
        cursor.execute("BEGIN")
        with pytest.raises(Exception, match="does not exist"):
            cursor.execute(printed("payment")[0].replace("payment.", "payment.no_"))
