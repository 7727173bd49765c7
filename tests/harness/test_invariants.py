"""The invariants are a check that can fail: each seeded breach is found, and only it."""

import pytest

from harness import invariants
from harness.template import DATABASE

INTAKE = "00000000-0000-7000-8000-00000000000a"
DRAFT = "00000000-0000-7000-8000-00000000000b"
PAYMENT = "00000000-0000-7000-8000-000000000001"
HASH = r"'\x" + "ab" * 32 + "'"

# One order that has gone the whole way, as the services leave it behind.
GOOD_ORDER = f"""
INSERT INTO intake.intakes (intake_id, state, city_id, section_id, payment_id, order_version,
                            submitted_at, paid_at, fulfilled_at)
VALUES ('{INTAKE}', 'fulfilled', 'us-ca-san_francisco', 'sfmta', '{PAYMENT}', 3, now(), now(),
        now());
INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, content_sha256, is_final,
                           frozen_at)
VALUES ('{DRAFT}', '{INTAKE}', 1, 'standard', {HASH}, true, now());
INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
VALUES ('{INTAKE}', 'customer', 'submit', NULL, 'submitted', 0),
       ('{INTAKE}', 'payment', 'order', 'submitted', 'fulfilled', 3);
INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, version,
                              appeal_type, amount_cents, currency, product_name, success_url,
                              cancel_url, session_expires_at, delivery_state, delivery_version,
                              letter_id, mailed_at, paid_at)
VALUES ('{PAYMENT}', '{INTAKE}', '{DRAFT}', {HASH}, 'paid', 3, 'standard', 989, 'usd', 'A letter',
        'https://x', 'https://x', now(), 'mailed', 3, 'ltr_1', now(), now());
INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
VALUES ('{PAYMENT}', 'checkout', 'open', NULL, 'pending', 1),
       ('{PAYMENT}', 'stripe', 'money_arrived', 'pending', 'paid', 2),
       ('{PAYMENT}', 'fulfillment', 'delivery', NULL, 'mailed', 3);
INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, payment_id, amount_cents,
                                   currency, livemode)
VALUES ('evt_1', now(), 'checkout.session.completed', 'processed', '{PAYMENT}', 989, 'usd', false);
INSERT INTO fulfillment.letters (payment_id, intake_id, draft_id, content_sha256, appeal_type, want,
                                 order_version, state, version, attempt, last_post_at,
                                 lob_letter_id, mailed_at, paid_at)
VALUES ('{PAYMENT}', '{INTAKE}', '{DRAFT}', {HASH}, 'standard', 'mail', 2, 'mailed', 3, 1, now(),
        'ltr_1', now(), now());
INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
VALUES ('{PAYMENT}', 'payment', 'put', NULL, 'queued', 1),
       ('{PAYMENT}', 'mailing', 'post', 'queued', 'sending', 2),
       ('{PAYMENT}', 'mailing', 'settle', 'sending', 'mailed', 3);
"""

# In the order in which rows may go.
TABLES = ("fulfillment.letters", "fulfillment.deleted_letters", "fulfillment.lob_events",
          "fulfillment.audit_log", "fulfillment.outbox", "payment.payments", "payment.audit_log",
          "payment.stripe_events", "payment.outbox", "intake.drafts", "intake.intakes",
          "intake.audit_log")

BREACHES = {
    "UPDATE intake.intakes SET exhibit_count = 1":
        "intake: its exhibits are not as many as were counted, one behind the other",
    "UPDATE payment.audit_log SET from_state = 'failed' WHERE version = 2":
        "payment: an audit row does not go on from the one before",
    "UPDATE payment.payments SET delivery_state = 'returned'":
        "payment: the audit trail does not end in the delivery state",
    "DELETE FROM payment.audit_log WHERE version = 1":
        "payment: a version has no audit row, or two",
    "UPDATE fulfillment.audit_log SET from_state = 'queued' WHERE version = 3":
        "letter: an audit row does not go on from the one before",
    "DELETE FROM fulfillment.audit_log":
        "letter: the audit trail does not end in the state",
    "UPDATE intake.intakes SET state = 'cancelled'":
        "intake: the audit trail does not end in the state",
    "DELETE FROM fulfillment.letters":
        "order: paid, and there is no letter row",
    f"INSERT INTO fulfillment.deleted_letters (payment_id) VALUES ('{PAYMENT}')":
        "letter: it came back after its end",
    "UPDATE payment.payments SET state = 'pending', paid_at = NULL":
        "order: never paid, and a letter was sent or may have been",
    r"UPDATE fulfillment.letters SET content_sha256 = '\x" + "cd" * 32 + "'":
        "order: mailed is not what was paid for",
    f"INSERT INTO payment.outbox (payment_id, target, version) VALUES ('{PAYMENT}', 'intake', 1)":
        "outbox: payment has not told intake",
    "UPDATE payment.payments SET delivery_version = 2":
        "order: payment knows another state of the letter",
    "UPDATE payment.payments SET tracking_number = '9407'":
        "order: payment knows other things of the letter",
    "UPDATE fulfillment.audit_log SET from_state = 'delivered' WHERE version = 3":
        "letter: it went back on its way",
    "UPDATE fulfillment.letters SET state = 'delivered'":
        "letter: it arrived, and nobody has said when",
    "INSERT INTO fulfillment.lob_events (event_id, created_at, type, outcome, payment_id) "
    f"VALUES ('evt_1', now(), 'letter.delivered', 'processed', '{PAYMENT}')":
        "letter: its trail tells of other events than have moved it",
    "UPDATE payment.payments SET hold = true":
        "order: fulfillment knows another wish of payment",
    "UPDATE intake.intakes SET state = 'submitted'":
        "order: intake does not know that it is paid",
    "UPDATE fulfillment.letters SET unsure_since = now()":
        "letter: a doubt that its state has settled",
    "UPDATE payment.payments SET delivery_state = 'queued', mailed_at = NULL":
        "order: intake takes it for fulfilled, and no letter was mailed",
    "DELETE FROM fulfillment.notifications WHERE kind = 'mailed'":
        "email: a letter is on its way, and nobody is to be told",
    "UPDATE fulfillment.letters SET state = 'returned'; DELETE FROM fulfillment.notifications":
        "email: a letter has arrived or is dead, and nobody is to be told",
    "UPDATE fulfillment.letters SET paid_at = NULL":
        "email: of a payment that was never made",
    "UPDATE fulfillment.letters SET refunded_cents = 1; UPDATE fulfillment.notifications "
    "SET state = 'sent', sent_at = now()":
        "email: of money that went back, and none was asked for",
    "UPDATE payment.payments SET state = 'pending'":
        "money: it has come, and the payment still waits for it or has ended",
    "DELETE FROM payment.stripe_events":
        "money: a paid payment has no event that paid it, or two",
    "UPDATE payment.stripe_events SET amount_cents = 1":
        "money: what was paid is not the price",
}


UNSETTLED = {
    "a letter that waits for its POST": "UPDATE fulfillment.letters SET state = 'queued'",
    "a letter that is posted":
        f"UPDATE fulfillment.letters SET state = 'sending', pdf_sha256 = {HASH}",
    "a letter that is being cancelled":
        "UPDATE fulfillment.letters SET state = 'cancelling', want = 'cancel'",
    "news for intake":
        "INSERT INTO payment.outbox (payment_id, target, version) "
        f"VALUES ('{PAYMENT}', 'intake', 1)",
    "news for payment":
        "INSERT INTO fulfillment.outbox (payment_id, target, version) "
        f"VALUES ('{PAYMENT}', 'payment', 1)",
}


@pytest.fixture(name="good_order")
def _good_order(cluster):
    """The database with one order that is right."""
    with cluster.session("fsft_owner", DATABASE) as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(GOOD_ORDER)
    return cluster


def test_an_order_that_is_right_breaks_nothing(good_order):
    invariants.check(good_order)


@pytest.mark.parametrize("change, rule", BREACHES.items(), ids=BREACHES.values())
def test_a_breach_is_found(good_order, change, rule):
    with good_order.session("fsft_owner", DATABASE) as cursor:
        cursor.execute(change)
    assert rule in {found for found, _ in invariants.breaches(good_order)}


@pytest.mark.parametrize("change", UNSETTLED.values(), ids=UNSETTLED)
def test_what_is_under_way_is_waited_for(good_order, change):
    assert invariants.unsettled(good_order) == 0
    with good_order.session("fsft_owner", DATABASE) as cursor:
        cursor.execute(change)
    assert invariants.unsettled(good_order) == 1


def test_a_letter_on_hold_may_rest(good_order):
    with good_order.session("fsft_owner", DATABASE) as cursor:
        cursor.execute("UPDATE fulfillment.letters SET state = 'queued', want = 'hold'")
    assert invariants.unsettled(good_order) == 0
