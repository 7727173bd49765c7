"""Orders that are simply there, made by SQL: by the thousand, or by the million.

Each has a number, and everything of it follows from that. What is sealed in a real order is as long
here, and nobody can open it.
"""

from harness.template import DATABASE

AMOUNT = 989


def uuid(kind: int, number: str) -> str:
    """An SQL expression: an id of that kind (1 intake, 2 draft, 3 payment) from a number."""
    return (f"CAST('01980000-000{kind}-7000-8000-' || lpad(to_hex(CAST({number} AS bigint)), 12, "
            "'0') AS uuid)")


def session_id(number: int) -> str:
    """Of the Stripe session of an order."""
    return f"cs_test_bench{number}"


def payment_id(number: int) -> str:
    """The text that uuid(3, number) gives."""
    return f"01980000-0003-7000-8000-{number:012x}"


def noise(number: str, length: int, what: str = "") -> str:
    """An SQL expression: so many bytes that are the same for nobody else."""
    return (f"substr(decode(repeat(md5('{what}' || {number}), {length // 16 + 1}), 'hex'), "
            f"1, {length})")


class Lengths:
    """Of what is sealed in a real order."""

    def __init__(self, cluster):
        ((self.data_key, self.key_id, self.person, self.submission),) = cluster.query(
            "SELECT length(data_key), data_key_id, length(person_sealed), "
            "length(submission_sealed) FROM intake.intakes JOIN intake.drafts USING (intake_id) "
            "LIMIT 1", database=DATABASE)


_TIMES = {
    # state of the intake and of the payment, and what belongs to it
    "pending": ("'submitted'", "'pending'", "NULL"),
    "mailed": ("'fulfilled'", "'paid'", "now()"),
}

_INTAKES = """
INSERT INTO intake.intakes (intake_id, state, city_id, section_id, payment_id, order_version,
                            data_key, data_key_id, person_sealed, citation_hmac, email_hmac,
                            lookup_key_id, submitted_at, paid_at, fulfilled_at)
SELECT {intake}, {intake_state}, 'us-ca-san_francisco', 'sfmta', {payment}, 1, {data_key},
       '{key_id}', {person}, sha256(CAST('c' || n AS bytea)), sha256(CAST('e' || n AS bytea)),
       '{key_id}', now(), {paid}, {paid}
FROM {numbers}"""

_DRAFTS = """
INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, submission_sealed,
                           content_sha256, is_final, frozen_at)
SELECT {draft}, {intake}, 1, 'standard', {submission}, sha256(CAST('s' || n AS bytea)), true, now()
FROM {numbers}"""

_PAYMENTS = """
INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, appeal_type,
                              amount_cents, currency, product_name, success_url, cancel_url,
                              session_expires_at, stripe_session_id, checkout_url, paid_at,
                              delivery_state, delivery_version, mailed_at, letter_id, next_check_at)
SELECT {payment}, {intake}, {draft}, sha256(CAST('s' || n AS bytea)), {payment_state}, 'standard',
       {amount}, 'usd', 'Appeal letter', 'https://example.com/success',
       'https://example.com/cancel', now() + interval '23 hours', 'cs_test_bench' || n,
       'https://example.com/pay/' || n, {paid},
       {delivery_state}, 3, {paid}, {letter}, now() + interval '23 hours'
FROM {numbers}"""

# What only an order has that was paid and mailed.
_REST = ["""
INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, payment_id, session_id,
                                   amount_cents, currency, livemode, source)
SELECT 'evt_stored' || n, now(), 'checkout.session.completed', 'processed', {payment},
       'cs_test_bench' || n, {amount}, 'usd', false, 'webhook'
FROM {numbers}""", """
INSERT INTO fulfillment.letters (payment_id, intake_id, draft_id, content_sha256, appeal_type,
                                 want, order_version, state, attempt, last_post_at, next_at,
                                 lob_letter_id, paid_at, mailed_at, pdf_sha256, livemode)
SELECT {payment}, {intake}, {draft}, sha256(CAST('s' || n AS bytea)), 'standard', 'mail', 2,
       'delivered', 1, now(), now() + interval '1 year', 'ltr_bench' || n, now(), now(),
       sha256(CAST('p' || n AS bytea)), false
FROM {numbers}""", """
INSERT INTO intake.audit_log (intake_id, actor, action, to_state, version)
SELECT {intake}, 'customer', 'submit', 'submitted', 0 FROM {numbers}""", """
INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version)
SELECT {payment}, 'checkout', action, state, 1
FROM {numbers}
CROSS JOIN (VALUES ('open', 'pending'), ('money_arrived', 'paid')) AS steps (action, state)""", """
INSERT INTO fulfillment.audit_log (payment_id, actor, action, to_state, version)
SELECT {payment}, 'bench', action, state, 1
FROM {numbers}
CROSS JOIN (VALUES ('post', 'sending'), ('accepted', 'mailed')) AS steps (action, state)"""]


class Stored:
    """Adds orders to the database; numbers are never used twice."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._next = 1

    def pending(self, count: int) -> range:
        """Orders that wait for their money; their numbers."""
        return self._add(count, "pending", [_INTAKES, _DRAFTS, _PAYMENTS])

    def delivered(self, count: int) -> range:
        """Orders whose letters have arrived; their numbers."""
        return self._add(count, "mailed", [_INTAKES, _DRAFTS, _PAYMENTS, *_REST])

    def _add(self, count: int, fate: str, templates: list) -> range:
        numbers = range(self._next, self._next + count)
        self._next += count
        intake_state, payment_state, paid = _TIMES[fate]
        mailed, lengths = fate == "mailed", Lengths(self._cluster)
        values = {
            "numbers": f"generate_series({numbers.start}, {numbers.stop - 1}) AS n",
            "amount": AMOUNT,
            "intake": uuid(1, "n"), "draft": uuid(2, "n"), "payment": uuid(3, "n"),
            "intake_state": intake_state, "payment_state": payment_state, "paid": paid,
            "delivery_state": "'delivered'" if mailed else "NULL",
            "letter": "'ltr_bench' || n" if mailed else "NULL",
            "key_id": lengths.key_id,
            "data_key": noise("n", lengths.data_key, "k"),
            "person": noise("n", lengths.person, "p"),
            "submission": noise("n", lengths.submission, "s"),
        }
        with self._cluster.session(database=DATABASE) as cursor:
            # The rows refer to each other as they should: looking each up would double the time.
            cursor.execute("SET session_replication_role = replica")
            for template in templates:
                cursor.execute(template.format(**values))
        return numbers
