"""Stops a process in the middle of a statement, without any code of ours in the product.

A trigger of the tests takes, before a row is written, a shared advisory lock that normally nobody
else holds. While a test holds it alone, the statement waits inside PostgreSQL: written is nothing,
and who sent it waits for the answer. The triggers are made once, so arming one costs no lock on
the table.

What happens when the sender of a waiting statement is killed? PostgreSQL notices only when it
answers, so the statement goes on and commits once it is let go. A connection that PostgreSQL finds
broken in time, or a database that crashes, rolls it back. Tests look at both.
"""

import contextlib
from dataclasses import dataclass

import psycopg2

from harness import waiting
from harness.cluster import Cluster
from harness.template import DATABASE

# The first half of the locks' keys: nobody else in the product uses advisory locks.
LOCK_CLASS = 5709

# The time-out of the services' roles would end the wait of a test that is slow.
FUNCTION = """
CREATE SCHEMA stop_points;
CREATE FUNCTION stop_points.pass() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '60s' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(CAST(TG_ARGV[0] AS integer), CAST(TG_ARGV[1] AS integer));
    IF TG_OP = 'DELETE' THEN
        RETURN old;
    END IF;
    RETURN new;
END $$;
"""

# Who waits at a point, and who has come past it and not ended yet.
WAITING = """
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND NOT granted
"""
PASSING = """
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND pid = ANY (%s)
"""


@dataclass(frozen=True)
class StopPoint:
    """Before `event` (INSERT, UPDATE or DELETE) of a row of `table` for which `when` holds."""

    name: str
    event: str
    table: str
    when: str = "true"


class Stop:
    """An armed stop point."""

    def __init__(self, cluster: Cluster, cursor, point: StopPoint, key: int):
        """cursor: of the session that holds the lock."""
        self._cluster = cluster
        self._cursor = cursor
        self._point = point
        self._key = key

    def reached(self) -> bool:
        """Does a statement wait at the point?"""
        return bool(self.waiting())

    def wait(self):
        """Returns when a statement has come to the point and waits there."""
        waiting.until(self.reached, seconds=20, what=f"a statement to come to {self._point.name}")

    def roll_back(self):
        """Ends the sessions that wait here, as a server does that finds their clients gone."""
        doomed = self.waiting()
        for pid in doomed:
            self._cluster.query("SELECT pg_terminate_backend(%s)", pid)
        waiting.until(lambda: not self._cluster.query(
            "SELECT FROM pg_stat_activity WHERE pid = ANY (%s)", doomed),
            seconds=20, what="the sessions to end")

    def waiting(self) -> list:
        """The sessions that wait here."""
        return [pid for pid, in _rows(self._cursor, WAITING, LOCK_CLASS, self._key)]


class StopPoints:
    """All stop points of one cluster."""

    def __init__(self, cluster: Cluster, points: list):
        self._cluster = cluster
        self._keys = {point: key for key, point in enumerate(points)}
        with cluster.session("fsft_owner", DATABASE) as cursor:
            cursor.execute(FUNCTION)
            for point, key in self._keys.items():
                cursor.execute(f"""
                    CREATE TRIGGER stop_point_{key} BEFORE {point.event} ON {point.table}
                    FOR EACH ROW WHEN ({point.when})
                    EXECUTE FUNCTION stop_points.pass({LOCK_CLASS}, {key})""")

    @contextlib.contextmanager
    def armed(self, point: StopPoint):
        """Inside, statements wait at the point; at the end they go on and come to their own end.
        Yields a Stop.

        A crash of the database inside is expected, and lets everything go too.
        """
        key = (LOCK_CLASS, self._keys[point])
        holder = psycopg2.connect(self._cluster.url("fsft_owner"))
        with contextlib.closing(holder):
            holder.autocommit = True
            cursor = holder.cursor()
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
            stop = Stop(self._cluster, cursor, point, self._keys[point])
            yield stop
            with contextlib.suppress(psycopg2.OperationalError):  # it has crashed
                stopped = stop.waiting()
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
                waiting.until(lambda: not _rows(cursor, PASSING, *key, stopped),
                              seconds=20, what=f"the statements to go on from {point.name}")


def _rows(cursor, sql: str, *values) -> list:
    cursor.execute(sql, values)
    return cursor.fetchall()
