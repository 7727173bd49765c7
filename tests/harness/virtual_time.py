"""Hours pass in no time for one order: what is stored of it moves into the past, and the sandbox's
clock forward. Other orders' letters do not fall due.
"""

from harness.cluster import Cluster
from harness.sandbox import Sandbox
from harness.template import DATABASE

# Whose times mailing, emails and the relays compare with now.
TABLES = ("fulfillment.letters", "fulfillment.outbox", "fulfillment.notifications",
          "payment.outbox")

TIMES = """
SELECT attname FROM pg_attribute
WHERE attrelid = CAST(%s AS regclass) AND atttypid = CAST('timestamptz' AS regtype)
  AND NOT attisdropped
"""


def time_passes(cluster: Cluster, sandbox: Sandbox, payment_id: str, seconds: int):
    """Moves both worlds. A lease that a live process holds runs out as if it had slept so long."""
    age(cluster, payment_id, seconds)
    sandbox.advance_clock(seconds)


def age(cluster: Cluster, payment_id: str, seconds: int):
    """Moves what is stored of the order, and leaves the sandbox's clock for others' orders."""
    with cluster.session("fsft_owner", DATABASE) as cursor:
        for table in TABLES:
            cursor.execute(TIMES, (table,))
            changes = [f"{column} = {_earlier(column)}" for column, in cursor.fetchall()]
            cursor.execute(f"UPDATE {table} SET {', '.join(changes)} WHERE payment_id = %(id)s",
                           {"seconds": seconds, "id": payment_id})


def _earlier(column: str) -> str:
    earlier = f"{column} - make_interval(secs => %(seconds)s)"
    # What falls due meanwhile is worked at once; it does not stay due for hours.
    return f"greatest({earlier}, least({column}, now()))" if column == "next_at" else earlier
