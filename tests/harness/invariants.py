"""What must hold for every order once nothing is under way (tests/invariants.sql)."""

from harness import paths, waiting
from harness.cluster import Cluster
from harness.template import DATABASE

# What moves by itself, and tells others when it does. A letter that is being cancelled does until
# the printer has said what became of it; one on hold may rest for as long as it is held.
UNSETTLED = """
SELECT (SELECT count(*) FROM payment.outbox) + (SELECT count(*) FROM fulfillment.outbox)
     + (SELECT count(*) FROM fulfillment.letters
        WHERE state IN ('queued', 'sending') AND want = 'mail' OR state = 'cancelling')
"""


def breaches(cluster: Cluster) -> list:
    """(rule, id) of every order that breaks one."""
    sql = (paths.ROOT / "tests" / "invariants.sql").read_text(encoding="utf-8")
    with cluster.session("fsft_readonly", DATABASE) as cursor:
        # PostgreSQL takes a query of so many parts for a long one and would compile it for seconds.
        cursor.execute("SET jit = off")
        # Some parts look at each order's events; for ten thousand orders the role's time is short.
        cursor.execute("SET statement_timeout = '15min'")
        cursor.execute(sql)
        return cursor.fetchall()


def unsettled(cluster: Cluster) -> int:
    """How many letters and pieces of news are under way."""
    (count,), = cluster.query(UNSETTLED, role="fsft_readonly", database=DATABASE)
    return count


def check(cluster: Cluster):
    """Waits until all orders have settled, then raises AssertionError naming what is broken."""
    waiting.until(lambda: unsettled(cluster) == 0, seconds=60, what="all orders to settle")
    found = breaches(cluster)
    assert not found, "\n".join(f"{rule}: {which}" for rule, which in found)
