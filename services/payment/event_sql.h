#pragma once

#include "shared/db/statement.h"

// The statements that take Stripe's events.
namespace fsft::payment::sql {

// What the event of a checkout session does to its payment. The effect is the state that it asks for,
// "paid", "expired" or "failed".
//
// Zero rows: the event is stored already. The row lock comes first, so twins of an event and
// different events of one payment wait for each other here; the second one sees the first one's
// state. What "moved" writes is guarded by that lock and by nothing that it could read: its snapshot
// is as old as the statement, so a state that has changed meanwhile would hide the row from it, and
// the event would count for nothing. An event that was stored as unmatched counts when it comes
// again and finds its payment. What waits is taken away whenever its payment is known, also when the
// event counted before: twins of which one was just leaving it there do not see each other's rows. A
// unique violation on the one paid payment of a draft means that another session of the draft was
// paid meanwhile: run again, it then decides for review.
//
// A session that was paid and is over, whichever Stripe told first, is one that somebody must look
// at; and money that has gone back already needs no look.
//
// Neither neighbour is told of a payment before money has arrived: they have not heard of it.
inline constexpr db::Statement kApply = {"payment.apply_event", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, draft_id, state, amount_cents, currency, refunded_cents
  FROM payment.payments
  WHERE payment_id = coalesce(CAST(:payment_id AS uuid),
                              (SELECT payment_id FROM payment.payments
                               WHERE stripe_session_id = CAST(:session_id AS text)))
    AND CAST(:livemode AS boolean) = CAST(:our_livemode AS boolean)
    AND coalesce(stripe_session_id = CAST(:session_id AS text), true)
    AND coalesce(stripe_payment_intent = CAST(:payment_intent AS text), true)
  FOR UPDATE
), decision AS MATERIALIZED (
  SELECT payment_id, state, CASE CAST(:effect AS text)
    WHEN 'paid' THEN CASE
      WHEN state NOT IN ('pending', 'expired', 'failed') THEN 'known'
      WHEN amount_cents <> CAST(:amount AS bigint) THEN 'wrong_amount'
      WHEN currency <> CAST(:currency AS char(3)) THEN 'wrong_currency'
      WHEN state <> 'pending' THEN 'paid_after_end'
      WHEN EXISTS (SELECT FROM payment.payments other
                   WHERE other.draft_id = before.draft_id AND other.state = 'paid') THEN 'second_session'
      ELSE 'fits' END
    ELSE CASE state WHEN 'pending' THEN 'fits' WHEN 'paid' THEN 'ended_after_paid' ELSE 'known' END
    END AS verdict
  FROM before
), event AS (
  INSERT INTO payment.stripe_events AS stored (event_id, created_at, type, outcome, payment_id, session_id,
                                               payment_intent, amount_cents, currency, livemode, source)
  SELECT CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text),
         CASE WHEN CAST(:livemode AS boolean) <> CAST(:our_livemode AS boolean) THEN 'rejected'
              WHEN decision.verdict IS NULL THEN 'unmatched'
              WHEN decision.verdict = 'known' THEN 'duplicate'
              ELSE 'processed' END,
         coalesce(decision.payment_id, CAST(:payment_id AS uuid)), CAST(:session_id AS text),
         CAST(:payment_intent AS text), CAST(:amount AS bigint), CAST(:currency AS text), CAST(:livemode AS boolean),
         CAST(:source AS text)
  FROM (SELECT) AS always LEFT JOIN decision ON true
  ON CONFLICT (event_id, created_at) DO UPDATE SET outcome = excluded.outcome, payment_id = excluded.payment_id
  WHERE stored.outcome = 'unmatched' AND excluded.outcome <> 'unmatched'
  RETURNING outcome
), left_waiting AS (
  INSERT INTO payment.unmatched_events (event_id, created_at, payment_id, session_id, payment_intent)
  SELECT CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:payment_id AS uuid), CAST(:session_id AS text),
         CAST(:payment_intent AS text)
  FROM event WHERE outcome = 'unmatched'
), taken_up AS (
  DELETE FROM payment.unmatched_events
  WHERE event_id = CAST(:event_id AS text) AND EXISTS (SELECT FROM decision)
), moved AS (
  UPDATE payment.payments p
  SET state = CASE WHEN decision.verdict = 'fits' THEN CAST(:effect AS text)
                   WHEN p.refunded_cents >= p.amount_cents THEN 'refunded' ELSE 'review' END,
      version = p.version + 1,
      stripe_session_id = coalesce(p.stripe_session_id, CAST(:session_id AS text)),
      stripe_payment_intent = coalesce(p.stripe_payment_intent, CAST(:payment_intent AS text)),
      stripe_customer_id = coalesce(p.stripe_customer_id, CAST(:customer AS text)),
      receipt_url = coalesce(p.receipt_url, CAST(:receipt_url AS text)),
      paid_at = CASE CAST(:effect AS text) WHEN 'paid' THEN now() ELSE p.paid_at END,
      ended_at = CASE WHEN decision.verdict = 'fits' AND CAST(:effect AS text) <> 'paid' THEN now() END,
      updated_at = now()
  FROM decision, event
  WHERE p.payment_id = decision.payment_id AND event.outcome = 'processed'
  RETURNING p.payment_id, p.version, decision.state AS from_state, p.state AS to_state, decision.verdict
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'stripe',
         CASE CAST(:effect AS text) WHEN 'paid' THEN 'money_arrived' ELSE 'session_ended' END,
         from_state, to_state, version, CASE verdict WHEN 'fits' THEN '' ELSE verdict END
  FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version)
  SELECT payment_id, target, version FROM moved CROSS JOIN (VALUES ('fulfillment'), ('intake')) AS targets (target)
  WHERE to_state NOT IN ('pending', 'expired', 'failed')
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT event.outcome, moved.payment_id, moved.to_state,
       EXISTS (SELECT FROM payment.unmatched_events waiting
               WHERE event.outcome = 'processed' AND waiting.event_id <> CAST(:event_id AS text)
                 AND (waiting.payment_id = moved.payment_id OR waiting.session_id = CAST(:session_id AS text)
                      OR waiting.payment_intent = CAST(:payment_intent AS text)))
FROM event LEFT JOIN moved ON true)sql"};

// What is waiting for a payment, oldest first.
inline constexpr db::Statement kUnmatched = {"payment.unmatched_events", R"sql(
WITH payment AS (
  SELECT payment_id, stripe_session_id, stripe_payment_intent FROM payment.payments
  WHERE payment_id = CAST(:payment_id AS uuid)
)
SELECT event_id, created_at, e.type, e.payment_id, e.session_id, e.payment_intent, e.amount_cents, e.currency, e.livemode,
       e.object_id, e.object_status, e.source
FROM payment JOIN payment.unmatched_events waiting
     ON waiting.payment_id = payment.payment_id OR waiting.session_id = payment.stripe_session_id
        OR waiting.payment_intent = payment.stripe_payment_intent
     JOIN payment.stripe_events e USING (event_id, created_at)
ORDER BY created_at LIMIT 20)sql"};

// An event that moves nothing. A charge tells where its receipt is.
inline constexpr db::Statement kRecordEvent = {"payment.record_event", R"sql(
WITH receipt AS (
  UPDATE payment.payments SET receipt_url = CAST(:receipt_url AS text)
  WHERE payment_id = CAST(:payment_id AS uuid) AND receipt_url IS NULL
    AND coalesce(stripe_payment_intent = CAST(:payment_intent AS text), true)
    AND CAST(:receipt_url AS text) IS NOT NULL AND CAST(:livemode AS boolean) = CAST(:our_livemode AS boolean)
)
INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, payment_id, session_id, payment_intent,
                                   amount_cents, currency, livemode, source)
VALUES (CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text),
        CASE WHEN CAST(:livemode AS boolean) <> CAST(:our_livemode AS boolean) THEN 'rejected' ELSE 'ignored' END,
        CAST(:payment_id AS uuid), CAST(:session_id AS text), CAST(:payment_intent AS text), CAST(:amount AS bigint),
        CAST(:currency AS text), CAST(:livemode AS boolean), CAST(:source AS text))
ON CONFLICT DO NOTHING
RETURNING outcome)sql"};

inline constexpr db::Statement kLastEventAge = {"payment.last_event_age", R"sql(
SELECT CAST(extract(epoch FROM now() - received_at) AS bigint)
FROM payment.stripe_events WHERE source = 'webhook' ORDER BY received_at DESC LIMIT 1)sql"};

}  // namespace fsft::payment::sql
