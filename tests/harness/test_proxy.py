"""The proxy's counts, against a real PostgreSQL: by libpq's simple and its extended protocol."""

import subprocess

import psycopg2
import pytest

from harness import template, waiting
from harness.proxy import Proxy


@pytest.fixture(name="proxy")
def _proxy(cluster):
    proxy = Proxy(cluster.port)
    yield proxy
    proxy.close()


@pytest.fixture(name="cursor")
def _cursor(cluster, proxy):
    connection = psycopg2.connect(cluster.url("intake_rw", port=proxy.port))
    connection.autocommit = True
    proxy.reset()  # psycopg2 asks for settings of its own first
    yield connection.cursor()
    connection.close()


def test_one_statement_is_one_round_trip_under_its_name(cursor, proxy):
    for _ in range(3):
        cursor.execute("/* intake.some_name */ SELECT 1")
    assert proxy.counts("intake_rw") == {"intake.some_name": 3}


def test_a_transaction_around_a_statement_costs_two_more(cursor, proxy):
    for sql in ("BEGIN", "/* one */ SELECT 1", "COMMIT"):
        cursor.execute(sql)
    assert sum(proxy.counts("intake_rw").values()) == 3


def test_a_prepared_statement_costs_one_more_at_its_first_use(cluster, proxy, tmp_path):
    script = tmp_path / "script.sql"
    script.write_text("/* prepared */ SELECT 1;\n", encoding="utf-8")
    subprocess.run([template.SERVER_BIN / "pgbench", "--no-vacuum", "--protocol", "prepared",
                    "--transactions", "5", "--file", script,
                    cluster.url("intake_rw", port=proxy.port)], check=True, capture_output=True)
    counts = proxy.counts("intake_rw")
    assert (counts["prepared"], counts["prepare prepared"]) == (5, 1)


def test_roles_are_counted_apart(cursor, proxy):
    cursor.execute("/* one */ SELECT 1")
    assert not proxy.counts("payment_rw")


def test_large_answers_and_requests_pass_whole(cursor, proxy):
    text = "x" * 3_000_000
    cursor.execute("/* echo */ SELECT %s", (text,))
    assert cursor.fetchone() == (text,)
    assert proxy.counts("intake_rw") == {"echo": 1}


def test_an_error_is_a_round_trip_too(cursor, proxy):
    with pytest.raises(psycopg2.Error):
        cursor.execute("/* wrong */ SELECT nonsense")
    assert proxy.counts("intake_rw") == {"wrong": 1}


def test_a_dropped_connection_is_noticed_and_leaves_no_backend(cursor, proxy, cluster):
    proxy.drop()
    with pytest.raises(psycopg2.OperationalError):
        cursor.execute("SELECT 1")
    waiting.until(lambda: not cluster.query(
        "SELECT FROM pg_stat_activity WHERE usename = 'intake_rw'"),
        seconds=10, what="the backend to end")
