"""Every statement of every service fits the schema: what --print-statements prints can be prepared
and planned by the service's own role. So can what the last release prints (schema/released): its
programs run on today's schema while a rollout is under way, and again when it is taken back.
"""

import contextlib
import re
import subprocess
from pathlib import Path

import psycopg2
import pytest

from harness import paths
from harness.suite import SERVICES
from harness.template import DATABASE

NAME = re.compile(r'^PREPARE "([^"]+)"', re.M)


def printed(service: str) -> list:
    """Those of the program as it was built."""
    return _split(subprocess.run([paths.binary(service), "--print-statements"], check=True,
                                 capture_output=True, text=True).stdout)


def released(service: str, directory: Path = paths.SCHEMA / "released") -> list:
    """Those of the last release."""
    file = directory / f"{service}.sql"
    if not file.exists():
        raise FileNotFoundError(f"{file} is missing: `make release-contracts` makes it")
    return _split(file.read_text(encoding="utf-8"))


def _split(text: str) -> list:
    return [statement for statement in text.split(";\n\n") if statement]


def names(statements: list) -> list:
    return [NAME.search(statement)[1] for statement in statements]


def misfits(cluster, service: str, statements: list) -> dict:
    """Name -> what PostgreSQL says of it, of each that the service's role could not run."""
    found = {}
    with cluster.session(SERVICES[service], DATABASE) as cursor:
        # Whatever the values are: NULL, which stands for them, would be planned away.
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        for name, statement in zip(names(statements), statements):
            try:
                _plan(cursor, name, statement)
            except psycopg2.Error as error:
                found[name] = str(error)
    return found


def _plan(cursor, name: str, statement: str):
    """PREPARE looks at names and types; whether the role may do it is seen when it is planned."""
    cursor.execute(statement)
    cursor.execute("SELECT cardinality(parameter_types) FROM pg_prepared_statements "
                   "WHERE name = %s", (name,))
    (parameters,), = cursor.fetchall()
    values = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
    cursor.execute(f'EXPLAIN EXECUTE "{name}"{values}')


@contextlib.contextmanager
def changed(cluster, change: str, back: str):
    """Meanwhile the schema is as a migration would leave it that takes away too early."""
    with cluster.session(database=DATABASE) as cursor:
        cursor.execute(change)
        try:
            yield
        finally:
            cursor.execute(back)


@pytest.mark.parametrize("statements_of", [printed, released])
@pytest.mark.parametrize("service", SERVICES)
def test_every_statement_fits_the_schema(cluster, service, statements_of):
    statements = statements_of(service)
    prepared = names(statements)
    assert len(set(prepared)) == len(statements) > 20
    assert "ping" in prepared
    assert all(name.startswith(f"{service}.") for name in prepared if name != "ping")
    assert misfits(cluster, service, statements) == {}


@pytest.mark.parametrize("service", ["payment", "fulfillment"])
def test_the_outbox_is_among_them(service):
    assert {f"{service}.outbox.{name}" for name in ("claim", "settle", "put_off")} <= set(
        names(printed(service)))


def test_payments_look_at_the_server_is_among_them():
    assert "payment.server_gauges" in names(printed("payment"))


def test_a_statement_that_does_not_fit_is_noticed(cluster):
    first = printed("payment")[0].replace("payment.payments", "payment.no_payments")
    (complaint,) = misfits(cluster, "payment", [first]).values()
    assert '"payment.no_payments" does not exist' in complaint


def test_a_column_that_went_while_the_last_release_needs_it_is_noticed(cluster):
    with changed(cluster, "ALTER TABLE payment.payments RENAME COLUMN state TO condition",
                 "ALTER TABLE payment.payments RENAME COLUMN condition TO state"):
        found = misfits(cluster, "payment", released("payment"))
    assert any('column "state" does not exist' in complaint for complaint in found.values())


def test_a_right_that_went_while_the_last_release_needs_it_is_noticed(cluster):
    with changed(cluster, "REVOKE DELETE ON payment.outbox FROM payment_rw",
                 "GRANT DELETE ON payment.outbox TO payment_rw"):
        found = misfits(cluster, "payment", released("payment"))
    assert found
    assert all("permission denied for table outbox" in complaint for complaint in found.values())


def test_a_release_without_its_statements_is_noticed(tmp_path):
    with pytest.raises(FileNotFoundError, match="make release-contracts"):
        released("payment", tmp_path)
