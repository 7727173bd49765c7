#pragma once

#include "shared/db/statement.h"

// The statements of payment, apart from the code that runs them so that each can be read as SQL.
namespace fsft::payment::sql {

// Zero rows: the draft has a payment that decides already; kDecidingPayment reads it. A CTE sees
// one snapshot, so the same statement could not.
inline constexpr db::Statement kOpen = {"payment.open", R"sql(
WITH opened AS (
  INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, appeal_type, amount_cents,
                                currency, product_name, success_url, cancel_url, session_expires_at)
  SELECT CAST(:payment_id AS uuid), CAST(:intake_id AS uuid), CAST(:draft_id AS uuid), CAST(:sha256 AS bytea), 'pending',
         CAST(:appeal_type AS text), CAST(:amount AS bigint), CAST(:currency AS char(3)), CAST(:product AS text),
         CAST(:success_url AS text), CAST(:cancel_url AS text), date_trunc('second', now() + interval '23 hours')
  WHERE NOT EXISTS (SELECT FROM payment.payments
                    WHERE draft_id = CAST(:draft_id AS uuid) AND state IN ('paid', 'review', 'refunded'))
  ON CONFLICT (draft_id) WHERE state = 'pending' DO NOTHING
  RETURNING *
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version)
  SELECT payment_id, 'checkout', 'open', state, version FROM opened
)
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, session_expires_at, stripe_session_id, checkout_url
FROM opened)sql"};

inline constexpr db::Statement kDecidingPayment = {"payment.deciding", R"sql(
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, session_expires_at, stripe_session_id, checkout_url
FROM payment.payments WHERE draft_id = CAST(:draft_id AS uuid)
ORDER BY CASE state WHEN 'paid' THEN 0 WHEN 'review' THEN 1 WHEN 'refunded' THEN 2 WHEN 'pending' THEN 3 ELSE 4 END,
         created_at DESC
LIMIT 1)sql"};

// Guarded by the session and not by the state: the webhook may already have won.
inline constexpr db::Statement kStoreSession = {"payment.store_session", R"sql(
UPDATE payment.payments
SET stripe_session_id = CAST(:session_id AS text), checkout_url = CAST(:checkout_url AS text), updated_at = now()
WHERE payment_id = CAST(:payment_id AS uuid)
  AND (stripe_session_id IS NULL OR stripe_session_id = CAST(:session_id AS text))
RETURNING set_config('synchronous_commit', 'off', true))sql",
                                                db::Durability::kWithNext};

inline constexpr db::Statement kFindByPayment = {"payment.find_by_payment", R"sql(
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at
FROM payment.payments WHERE payment_id = CAST(:key AS uuid))sql"};

inline constexpr db::Statement kFindBySession = {"payment.find_by_session", R"sql(
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at
FROM payment.payments WHERE stripe_session_id = CAST(:key AS text))sql"};

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

inline constexpr db::Statement kWantedOrders = {"payment.wanted_orders", R"sql(
SELECT payment_id, version,
       payment.want(state, amount_cents, refunded_cents, refund_reserved_cents, dispute, hold),
       intake_id, draft_id, content_sha256, appeal_type, paid_at
FROM payment.payments WHERE payment_id = ANY (CAST(:ids AS uuid[])))sql"};

inline constexpr db::Statement kIntakeOrders = {"payment.intake_orders", R"sql(
SELECT intake_id, payment_id, version, state, delivery_state
FROM payment.payments WHERE payment_id = ANY (CAST(:ids AS uuid[])))sql"};

// Rows are locked in the order of their ids, so that two overlapping batches cannot deadlock. Not
// flushed at once: where the commit is lost in a crash, so is fulfillment's later one that would
// have deleted the news from its outbox.
inline constexpr db::Statement kPutDeliveries = {"payment.put_deliveries", R"sql(
WITH news AS (
  SELECT DISTINCT ON (payment_id) *
  FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[]), CAST(:states AS text[]), CAST(:letters AS text[]),
              CAST(:trackings AS text[]), CAST(:expected AS text[]), CAST(:mailed AS text[]))
    AS n (payment_id, version, state, letter_id, tracking_number, expected_delivery, mailed_at)
  ORDER BY payment_id, version DESC
), before AS MATERIALIZED (
  SELECT p.payment_id, p.delivery_state FROM payment.payments p JOIN news n USING (payment_id)
  WHERE p.delivery_version < n.version
  ORDER BY p.payment_id FOR UPDATE OF p
), moved AS (
  UPDATE payment.payments p
  SET delivery_state = n.state, delivery_version = n.version, version = p.version + 1,
      letter_id = nullif(n.letter_id, ''), tracking_number = nullif(n.tracking_number, ''),
      expected_delivery = CAST(nullif(n.expected_delivery, '') AS date),
      mailed_at = CAST(nullif(n.mailed_at, '') AS timestamptz), updated_at = now()
  FROM news n JOIN before USING (payment_id)
  WHERE p.payment_id = n.payment_id AND p.delivery_version < n.version
  RETURNING p.payment_id, p.version, before.delivery_state AS from_state, p.delivery_state AS to_state
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'fulfillment', 'delivery', from_state, to_state, version FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version) SELECT payment_id, 'intake', version FROM moved
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT count(*), set_config('synchronous_commit', 'off', true) FROM moved)sql",
                                                 db::Durability::kWithNext};

}  // namespace fsft::payment::sql
