#pragma once

#include "shared/db/statement.h"

// The statements of the order's read model, apart from the code that runs them so that each can be
// read as SQL.
namespace fsft::payment::sql {

inline constexpr db::Statement kFindByPayments = {"payment.find_by_payments", R"sql(
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at,
       state = 'pending' AND created_at <= now() - interval '10 seconds'
       AND coalesce(checked_at <= now() - interval '10 seconds', true)
FROM payment.payments WHERE payment_id = ANY (CAST(:keys AS uuid[])))sql"};

inline constexpr db::Statement kFindBySessions = {"payment.find_by_sessions", R"sql(
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at,
       state = 'pending' AND created_at <= now() - interval '10 seconds'
       AND coalesce(checked_at <= now() - interval '10 seconds', true)
FROM payment.payments WHERE stripe_session_id = ANY (CAST(:keys AS text[])))sql"};

// Of the payments of an intake the one that the customer cares about.
inline constexpr db::Statement kFindByIntake = {"payment.find_by_intake", R"sql(
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at,
       state = 'pending' AND created_at <= now() - interval '10 seconds'
       AND coalesce(checked_at <= now() - interval '10 seconds', true)
FROM payment.payments WHERE intake_id = CAST(:key AS uuid)
ORDER BY CASE state WHEN 'paid' THEN 0 WHEN 'review' THEN 1 WHEN 'refunded' THEN 2 WHEN 'pending' THEN 3 ELSE 4 END,
         created_at DESC
LIMIT 1)sql"};

// Stripe's ids of sessions say whether their money is real.
inline constexpr db::Statement kWantedOrders = {"payment.wanted_orders", R"sql(
SELECT payment_id, version,
       payment.want(state, amount_cents, refunded_cents, refund_reserved_cents, dispute, hold),
       intake_id, draft_id, content_sha256, appeal_type, paid_at, amount_cents, currency, refunded_cents,
       CASE WHEN starts_with(stripe_session_id, 'cs_live_') THEN true
            WHEN starts_with(stripe_session_id, 'cs_test_') THEN false END
FROM payment.payments WHERE payment_id = ANY (CAST(:ids AS uuid[])))sql"};

// One row for each intake of these payments: the payment that counts speaks for it, and the version
// grows with every change of any of its payments.
inline constexpr db::Statement kIntakeOrders = {"payment.intake_orders", R"sql(
SELECT i.intake_id, o.payment_id,
       (SELECT CAST(sum(version) AS bigint) FROM payment.payments p WHERE p.intake_id = i.intake_id),
       o.state, o.delivery_state,
       payment.final_at(o.state, o.amount_cents, o.refunded_cents, o.delivery_state, o.mailed_at, o.ended_at, o.updated_at)
FROM (SELECT DISTINCT intake_id FROM payment.payments WHERE payment_id = ANY (CAST(:ids AS uuid[]))) AS i
CROSS JOIN LATERAL (
  SELECT * FROM payment.payments p WHERE p.intake_id = i.intake_id
  ORDER BY CASE state WHEN 'paid' THEN 0 WHEN 'review' THEN 1 WHEN 'refunded' THEN 2 WHEN 'pending' THEN 3 ELSE 4 END,
           created_at DESC
  LIMIT 1) AS o)sql"};

// News of a state that is known already do not change when the order became history.
//
// Rows are locked in the order of their ids, so that two overlapping batches cannot deadlock. Not
// flushed at once: where the commit is lost in a crash, so is fulfillment's later one that would
// have deleted the news from its outbox.
inline constexpr db::Statement kPutDeliveries = {"payment.put_deliveries", R"sql(
WITH news AS (
  SELECT DISTINCT ON (payment_id) *
  FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[]), CAST(:states AS text[]), CAST(:letters AS text[]),
              CAST(:trackings AS text[]), CAST(:expected AS text[]), CAST(:mailed AS text[]),
              CAST(:delivered AS text[]), CAST(:returned AS text[]))
    AS n (payment_id, version, state, letter_id, tracking_number, expected_delivery, mailed_at, delivered_at, returned_at)
  ORDER BY payment_id, version DESC
), before AS MATERIALIZED (
  SELECT p.payment_id, p.delivery_state, p.mailed_at FROM payment.payments p JOIN news n USING (payment_id)
  WHERE p.delivery_version < n.version
  ORDER BY p.payment_id FOR UPDATE OF p
), moved AS (
  UPDATE payment.payments p
  SET delivery_state = n.state, delivery_version = n.version, version = p.version + 1,
      letter_id = nullif(n.letter_id, ''), tracking_number = nullif(n.tracking_number, ''),
      expected_delivery = CAST(nullif(n.expected_delivery, '') AS date),
      mailed_at = CAST(nullif(n.mailed_at, '') AS timestamptz),
      delivered_at = CAST(nullif(n.delivered_at, '') AS timestamptz),
      returned_at = CAST(nullif(n.returned_at, '') AS timestamptz),
      updated_at = CASE WHEN p.delivery_state IS DISTINCT FROM n.state THEN now() ELSE p.updated_at END
  FROM news n JOIN before USING (payment_id)
  WHERE p.payment_id = n.payment_id AND p.delivery_version < n.version
  RETURNING p.payment_id, p.version, before.delivery_state AS from_state, p.delivery_state AS to_state,
            before.mailed_at IS NULL AND p.mailed_at IS NOT NULL AS is_mailed
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'fulfillment', 'delivery', from_state, to_state, version FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version) SELECT payment_id, 'intake', version FROM moved
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT count(*), set_config('synchronous_commit', 'off', true), count(*) FILTER (WHERE is_mailed) FROM moved)sql",
                                                 db::Durability::kWithNext};

}  // namespace fsft::payment::sql
