#pragma once

#include "shared/db/statement.h"

// The statements that change what the money of a payment adds up to, but for its arrival. Each runs
// in a transaction that has locked the payment first, in a statement of its own: only so do the
// later ones see what others have just done to its refunds and disputes.
namespace fsft::payment::sql {

inline constexpr db::Statement kLockPayment = {"payment.lock", R"sql(
SELECT payment_id FROM payment.payments WHERE payment_id = CAST(:payment_id AS uuid) FOR UPDATE)sql"};

// The payment that an event is about. A dispute, and a refund from the dashboard, name nothing but
// the payment intent. No payment of the other livemode is ever found.
inline constexpr db::Statement kLockForEvent = {"payment.lock_for_event", R"sql(
SELECT payment_id FROM payment.payments
WHERE payment_id = coalesce(CAST(:payment_id AS uuid),
                            (SELECT payment_id FROM payment.payments
                             WHERE stripe_payment_intent = CAST(:payment_intent AS text) LIMIT 1))
  AND coalesce(stripe_payment_intent = CAST(:payment_intent AS text), true)
  AND CAST(:livemode AS boolean) = CAST(:our_livemode AS boolean)
FOR UPDATE)sql"};

// The sum only grows: an event that comes late tells of less.
inline constexpr db::Statement kSeeCharge = {"payment.see_charge", R"sql(
UPDATE payment.payments
SET charge_refunded_cents = greatest(charge_refunded_cents, CAST(:amount AS bigint)),
    stripe_payment_intent = coalesce(stripe_payment_intent, CAST(:payment_intent AS text)),
    stripe_customer_id = coalesce(stripe_customer_id, CAST(:customer AS text)),
    receipt_url = coalesce(receipt_url, CAST(:receipt_url AS text))
WHERE payment_id = CAST(:payment_id AS uuid)
RETURNING payment_id)sql"};

// A refund as Stripe tells of it, ours or one from the dashboard. It goes forward only: submitted,
// succeeded, failed. One that Stripe had refused us, and that it now tells of, was made after all.
// Zero rows: nothing new.
inline constexpr db::Statement kSeeRefund = {"payment.see_refund", R"sql(
WITH told (stage) AS (
  VALUES (CASE CAST(:state AS text) WHEN 'submitted' THEN 1 WHEN 'succeeded' THEN 2 ELSE 3 END)
), known AS (
  SELECT refund_id,
         CASE state WHEN 'submitted' THEN 1 WHEN 'succeeded' THEN 2
                    WHEN 'failed' THEN CASE WHEN stripe_refund_id IS NULL THEN 0 ELSE 3 END ELSE 0 END AS stage
  FROM payment.refunds
  WHERE payment_id = CAST(:payment_id AS uuid)
    AND (stripe_refund_id = CAST(:stripe_refund_id AS text)
         OR stripe_refund_id IS NULL AND refund_id = CAST(:refund_id AS uuid))
), moved AS (
  UPDATE payment.refunds r
  SET state = CAST(:state AS text), stripe_refund_id = CAST(:stripe_refund_id AS text), updated_at = now(),
      failure = CASE CAST(:state AS text) WHEN 'failed' THEN CAST(:failure AS text) ELSE '' END,
      settled_at = CASE CAST(:state AS text) WHEN 'submitted' THEN NULL ELSE now() END,
      next_at = now() + interval '5 minutes', claim = r.claim + 1, failures = 0
  FROM known, told
  WHERE r.refund_id = known.refund_id AND known.stage < told.stage
  RETURNING r.refund_id, r.is_after_mailing
), made AS (
  INSERT INTO payment.refunds (refund_id, payment_id, origin, state, amount_cents, actor, stripe_refund_id, failure,
                               settled_at, is_after_mailing)
  SELECT CAST(:new_refund_id AS uuid), payment_id, 'stripe', CAST(:state AS text), CAST(:amount AS bigint), 'stripe',
         CAST(:stripe_refund_id AS text), CASE CAST(:state AS text) WHEN 'failed' THEN CAST(:failure AS text) ELSE '' END,
         CASE CAST(:state AS text) WHEN 'submitted' THEN NULL ELSE now() END,
         coalesce(delivery_state IN ('mailed', 'in_transit', 'delivered', 'returned'), false)
  FROM payment.payments
  WHERE payment_id = CAST(:payment_id AS uuid) AND NOT EXISTS (SELECT FROM known)
  RETURNING refund_id, is_after_mailing
)
SELECT refund_id, is_after_mailing FROM moved UNION ALL SELECT refund_id, is_after_mailing FROM made)sql"};

// An inquiry may become a dispute; what has ended stays so. Zero rows: nothing new.
inline constexpr db::Statement kSeeDispute = {"payment.see_dispute", R"sql(
INSERT INTO payment.disputes AS known (stripe_dispute_id, payment_id, state)
VALUES (CAST(:dispute_id AS text), CAST(:payment_id AS uuid), CAST(:state AS text))
ON CONFLICT (stripe_dispute_id) DO UPDATE SET state = excluded.state, updated_at = now()
WHERE known.payment_id = excluded.payment_id
  AND (known.state = 'inquiry' AND excluded.state <> 'inquiry'
       OR known.state = 'open' AND excluded.state IN ('won', 'lost', 'dismissed'))
RETURNING stripe_dispute_id)sql"};

// Writes down what it all adds up to now, and tells the neighbours. A payment in review of which
// all has gone back needs no decision any more. Zero rows: nothing has changed.
inline constexpr db::Statement kBalance = {"payment.balance", R"sql(
WITH before AS (
  SELECT p.payment_id, p.state, b.refunded, b.reserved, b.dispute, coalesce(CAST(:hold AS boolean), p.hold) AS hold,
         CASE WHEN p.state = 'review' AND b.refunded >= p.amount_cents THEN 'refunded'
              ELSE coalesce(CAST(:state AS text), p.state) END AS to_state,
         (p.refunded_cents, p.refund_reserved_cents, p.dispute) IS DISTINCT FROM (b.refunded, b.reserved, b.dispute)
           OR coalesce(CAST(:hold AS boolean) <> p.hold, false) OR CAST(:always AS boolean) AS has_changed
  FROM payment.payments p, payment.balance_of(p.payment_id, p.amount_cents, p.charge_refunded_cents) AS b
  WHERE p.payment_id = CAST(:payment_id AS uuid)
), moved AS (
  UPDATE payment.payments p
  SET refunded_cents = before.refunded, refund_reserved_cents = before.reserved, dispute = before.dispute,
      hold = before.hold, state = before.to_state, version = p.version + 1, updated_at = now()
  FROM before WHERE p.payment_id = before.payment_id AND before.has_changed
  RETURNING p.payment_id, before.state AS from_state, p.state AS to_state, p.version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, CAST(:actor AS text), CAST(:action AS text), from_state, to_state, version, CAST(:reason AS text)
  FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version)
  SELECT payment_id, target, version FROM moved CROSS JOIN (VALUES ('fulfillment'), ('intake')) AS targets (target)
  WHERE to_state NOT IN ('pending', 'expired', 'failed')
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT to_state FROM moved)sql"};

// Stores an event that was about a refund, a dispute or a charge, with what became of it. Zero
// rows: it is stored already.
inline constexpr db::Statement kNoteEvent = {"payment.note_event", R"sql(
WITH event AS (
  INSERT INTO payment.stripe_events AS stored (event_id, created_at, type, outcome, payment_id, payment_intent,
                                               amount_cents, currency, livemode, object_id, object_status, source)
  VALUES (CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text), CAST(:outcome AS text),
          CAST(:payment_id AS uuid), CAST(:payment_intent AS text), CAST(:amount AS bigint), CAST(:currency AS text),
          CAST(:livemode AS boolean), CAST(:object_id AS text), CAST(:object_status AS text), CAST(:source AS text))
  ON CONFLICT (event_id, created_at) DO UPDATE SET outcome = excluded.outcome, payment_id = excluded.payment_id
  WHERE stored.outcome = 'unmatched' AND excluded.outcome <> 'unmatched'
  RETURNING outcome
), left_waiting AS (
  INSERT INTO payment.unmatched_events (event_id, created_at, payment_id, payment_intent)
  SELECT CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:payment_id AS uuid),
         CAST(:payment_intent AS text)
  FROM event WHERE outcome = 'unmatched'
), taken_up AS (
  DELETE FROM payment.unmatched_events
  WHERE event_id = CAST(:event_id AS text) AND CAST(:outcome AS text) <> 'unmatched'
)
SELECT outcome,
       EXISTS (SELECT FROM payment.unmatched_events waiting
               WHERE waiting.event_id <> CAST(:event_id AS text) AND event.outcome = 'processed'
                 AND (waiting.payment_id = CAST(:payment_id AS uuid)
                      OR waiting.payment_intent = CAST(:payment_intent AS text)))
FROM event)sql"};

}  // namespace fsft::payment::sql
