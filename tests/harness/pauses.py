"""Ends waits that are long in the product on purpose, so that tests need not sit them out."""

from harness.cluster import Cluster
from harness.template import DATABASE

# What each program has claimed. That an order is delivered twice at a time does no harm, so its
# lease may end under a live process. A letter's may not: it may just be on its way to the printer.
CLAIMED = {
    "gateway": (),
    "intake": (),
    "payment": ("payment.outbox",),
    "fulfillment": ("fulfillment.outbox", "fulfillment.letters"),
    "postgres": ("payment.outbox", "fulfillment.outbox"),
}


def end_leases(cluster: Cluster, program: str):
    """As if the leases of this program, which has just been killed, had run out."""
    with cluster.session("fsft_owner", DATABASE) as cursor:
        for table in CLAIMED[program]:
            cursor.execute(f"UPDATE {table} SET next_at = now() WHERE next_at > now()")


def end_pauses(cluster: Cluster, lease_seconds: int):
    """Ends the pauses of letters after a failure; what is due within the lease may be a lease."""
    with cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute("UPDATE fulfillment.letters SET next_at = now() WHERE next_at > now() +"
                       " make_interval(secs => %s) AND state IN ('queued', 'sending')",
                       (lease_seconds + 1,))
