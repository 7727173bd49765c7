#pragma once

#include "shared/db/statement.h"

// The statements that take Stripe's events.
namespace fsft::payment::sql {

// Zero rows: the event is stored already. The row lock comes first, so twins of an event and
// different events of one payment wait for each other here; the second one sees the first one's
// state. A unique violation on the one paid payment of a draft means that another session of the
// draft was paid meanwhile: run again, it then decides for review.
inline constexpr db::Statement kApplyPaid = {"payment.apply_paid", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, draft_id, state, amount_cents, currency
  FROM payment.payments
  WHERE payment_id = CAST(:payment_id AS uuid) AND CAST(:livemode AS boolean) = CAST(:our_livemode AS boolean)
    AND (stripe_session_id IS NULL OR stripe_session_id = CAST(:session_id AS text))
  FOR UPDATE
), decision AS MATERIALIZED (
  SELECT payment_id, state, CASE
    WHEN state NOT IN ('pending', 'expired', 'failed') THEN 'known'
    WHEN amount_cents <> CAST(:amount AS bigint) THEN 'wrong_amount'
    WHEN currency <> CAST(:currency AS char(3)) THEN 'wrong_currency'
    WHEN state <> 'pending' THEN 'paid_after_end'
    WHEN EXISTS (SELECT FROM payment.payments other
                 WHERE other.draft_id = before.draft_id AND other.state = 'paid') THEN 'second_session'
    ELSE 'fits' END AS verdict
  FROM before
), event AS (
  INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, payment_id, session_id, payment_intent,
                                     amount_cents, currency, livemode)
  SELECT CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text),
         CASE WHEN CAST(:livemode AS boolean) <> CAST(:our_livemode AS boolean) THEN 'rejected'
              WHEN decision.verdict IS NULL THEN 'unmatched'
              WHEN decision.verdict = 'known' THEN 'duplicate'
              ELSE 'processed' END,
         CAST(:payment_id AS uuid), CAST(:session_id AS text), CAST(:payment_intent AS text), CAST(:amount AS bigint),
         CAST(:currency AS text), CAST(:livemode AS boolean)
  FROM (SELECT) AS always LEFT JOIN decision ON true
  ON CONFLICT DO NOTHING
  RETURNING outcome
), moved AS (
  UPDATE payment.payments p
  SET state = CASE decision.verdict WHEN 'fits' THEN 'paid' ELSE 'review' END, version = p.version + 1,
      stripe_session_id = CAST(:session_id AS text), stripe_payment_intent = CAST(:payment_intent AS text),
      stripe_customer_id = CAST(:customer AS text), paid_at = now(), ended_at = NULL, updated_at = now()
  FROM decision, event
  WHERE p.payment_id = decision.payment_id AND p.state = decision.state AND event.outcome = 'processed'
  RETURNING p.payment_id, p.version, decision.state AS from_state, p.state AS to_state, decision.verdict
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'stripe', 'money_arrived', from_state, to_state, version,
         CASE verdict WHEN 'fits' THEN '' ELSE verdict END
  FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version)
  SELECT payment_id, target, version FROM moved CROSS JOIN (VALUES ('fulfillment'), ('intake')) AS targets (target)
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT outcome FROM event)sql"};

inline constexpr db::Statement kRecordEvent = {"payment.record_event", R"sql(
INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, payment_id, session_id, payment_intent,
                                   amount_cents, currency, livemode)
VALUES (CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text),
        CASE WHEN CAST(:livemode AS boolean) <> CAST(:our_livemode AS boolean) THEN 'rejected' ELSE 'ignored' END,
        CAST(:payment_id AS uuid), CAST(:session_id AS text), CAST(:payment_intent AS text), CAST(:amount AS bigint),
        CAST(:currency AS text), CAST(:livemode AS boolean))
ON CONFLICT DO NOTHING
RETURNING outcome)sql"};

inline constexpr db::Statement kLastEventAge = {"payment.last_event_age", R"sql(
SELECT CAST(extract(epoch FROM now() - received_at) AS bigint)
FROM payment.stripe_events ORDER BY received_at DESC LIMIT 1)sql"};

}  // namespace fsft::payment::sql
