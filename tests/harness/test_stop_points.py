"""Stop points stop, and crashes crash: the kill matrix proves something only then."""

import os
import signal
import subprocess
import sys

import psycopg2
import pytest

from harness import waiting
from harness.stop_points import StopPoint, StopPoints
from harness.template import DATABASE

INSERTED = StopPoint("inserted", "INSERT", "stopped.rows", "new.id > 0")
DELETED = StopPoint("deleted", "DELETE", "stopped.rows")

# A program of its own, so that it can be killed in the middle of the statement.
CLIENT = """
import psycopg2, sys
connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
connection.cursor().execute(sys.argv[2])
"""


@pytest.fixture(scope="module", name="points")
def _points(cluster):
    with cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute("CREATE SCHEMA stopped; CREATE TABLE stopped.rows (id integer)")
    return StopPoints(cluster, [INSERTED, DELETED])


@pytest.fixture(name="rows")
def _rows(cluster, points):
    """Answers the ids that are stored; none at first."""
    def stored() -> list:
        return [found for found, in cluster.query("SELECT id FROM stopped.rows ORDER BY id",
                                                  role="fsft_owner", database=DATABASE)]

    with cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute("DELETE FROM stopped.rows")
    return stored


def client(cluster, sql: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", CLIENT, cluster.url("fsft_owner"), sql],
                            stderr=subprocess.DEVNULL)


def test_a_statement_waits_until_it_is_let_go(cluster, points, rows):
    with points.armed(INSERTED) as stop:
        process = client(cluster, "INSERT INTO stopped.rows VALUES (1)")
        stop.wait()
        assert (rows(), process.poll()) == ([], None)
    assert process.wait(20) == 0
    assert rows() == [1]


def test_a_deletion_can_be_stopped_too(cluster, points, rows):
    client(cluster, "INSERT INTO stopped.rows VALUES (1)").wait(20)
    with points.armed(DELETED) as stop:
        process = client(cluster, "DELETE FROM stopped.rows")
        stop.wait()
        assert rows() == [1]
    assert process.wait(20) == 0
    assert rows() == []


def test_other_rows_and_points_that_are_not_armed_stop_nobody(cluster, points, rows):
    with points.armed(INSERTED):
        assert client(cluster, "INSERT INTO stopped.rows VALUES (0)").wait(20) == 0
    assert client(cluster, "INSERT INTO stopped.rows VALUES (1)").wait(20) == 0
    assert rows() == [0, 1]


def test_the_statement_of_a_killed_client_commits_when_it_is_let_go(cluster, points, rows):
    with points.armed(INSERTED) as stop:
        process = client(cluster, "INSERT INTO stopped.rows VALUES (1)")
        stop.wait()
        process.kill()
        process.wait()
    waiting.until(lambda: rows() == [1], seconds=20, what="the statement to commit")


def test_a_statement_that_is_rolled_back_has_done_nothing(cluster, points, rows):
    with points.armed(INSERTED) as stop:
        process = client(cluster, "INSERT INTO stopped.rows VALUES (1)")
        stop.wait()
        stop.roll_back()
    assert process.wait(20) != 0
    assert rows() == []


def test_a_crash_loses_what_is_not_flushed_and_nothing_else(cluster, points, rows):
    # It would write what nobody waits for, sooner or later.
    ((writer,),) = cluster.query(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
    os.kill(writer, signal.SIGSTOP)
    with cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute("INSERT INTO stopped.rows VALUES (1)")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("INSERT INTO stopped.rows VALUES (2)")
        assert rows() == [1, 2]
        cluster.crash()
        with pytest.raises(psycopg2.OperationalError):
            cursor.execute("SELECT 1")
    cluster.start()
    assert rows() == [1]
