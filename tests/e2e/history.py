"""Time passes, and orders become history."""

from harness import waiting
from harness.template import DATABASE


def tell(suite, order: dict, target: str, mailed_days_ago: int = 0):
    """Has payment tell a neighbour of an order whose letter was mailed so many days earlier."""
    with suite.cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute("UPDATE payment.payments SET version = version + 1, "
                       "mailed_at = mailed_at - make_interval(days => %s) "
                       "WHERE payment_id = %s RETURNING version",
                       (mailed_days_ago, order["payment_id"]))
        values = (order["payment_id"], cursor.fetchone()[0])
        cursor.execute("INSERT INTO payment.audit_log (payment_id, actor, action, from_state, "
                       "to_state, version) VALUES (%s, 'test', 'delivery', 'mailed', 'mailed', %s)",
                       values)
        # As payment does it: what it told before may be on its way still.
        cursor.execute("INSERT INTO payment.outbox (payment_id, version, target) "
                       "VALUES (%s, %s, %s) ON CONFLICT (payment_id, target) DO UPDATE "
                       "SET version = excluded.version, next_at = now(), claim = outbox.claim + 1",
                       (*values, target))


def become_history(suite, order: dict):
    """Lets the 60 days pass after which a mailed letter is final, and payment tell intake of it."""
    tell(suite, order, "intake", mailed_days_ago=61)
    waiting.until(lambda: suite.cluster.query(
        "SELECT FROM intake.intakes WHERE intake_id = %s AND erasable_from < now()",
        order["intake_id"], database=DATABASE), seconds=30, what="intake to hear that it is final")


def kept(suite, order: dict) -> tuple:
    """What can still be opened of an order: the intake's key and the letter's."""
    return suite.cluster.query(
        "SELECT i.data_key IS NOT NULL, l.pdf_sealed IS NOT NULL FROM intake.intakes i "
        "JOIN fulfillment.letters l USING (intake_id) WHERE i.intake_id = %s",
        order["intake_id"], database=DATABASE)[0]


def wait_until_forgotten(suite, order: dict):
    waiting.until(lambda: kept(suite, order) == (False, False), seconds=30,
                  what="the intake and the stored letter to be forgotten")
