#pragma once

#include "shared/db/statement.h"

// The statements that open a payment and lead it to a Stripe session.
namespace fsft::payment::sql {

// Zero rows: the draft has a payment that decides already; kDecidingPayment reads it. A CTE sees
// one snapshot, so the same statement could not. The lock on what is there makes a checkout wait
// for a webhook that is just paying the draft, and see what it did; without it the new payment
// would slip in behind the old one's back.
inline constexpr db::Statement kOpen = {"payment.open", R"sql(
WITH existing AS MATERIALIZED (
  SELECT state FROM payment.payments WHERE draft_id = CAST(:draft_id AS uuid) ORDER BY payment_id FOR UPDATE
), opened AS (
  INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, appeal_type, amount_cents,
                                currency, product_name, success_url, cancel_url, session_expires_at, next_check_at)
  SELECT CAST(:payment_id AS uuid), CAST(:intake_id AS uuid), CAST(:draft_id AS uuid), CAST(:sha256 AS bytea), 'pending',
         CAST(:appeal_type AS text), CAST(:amount AS bigint), CAST(:currency AS char(3)), CAST(:product AS text),
         CAST(:success_url AS text), CAST(:cancel_url AS text), date_trunc('second', now() + interval '23 hours'),
         now() + make_interval(secs => CAST(:check_after AS double precision))
  WHERE NOT EXISTS (SELECT FROM existing WHERE state NOT IN ('expired', 'failed'))
  ON CONFLICT (draft_id) WHERE state = 'pending' DO NOTHING
  RETURNING *
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version)
  SELECT payment_id, 'checkout', 'open', state, version FROM opened
)
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, created_at, session_expires_at, false, stripe_session_id, checkout_url
FROM opened)sql"};

inline constexpr db::Statement kDecidingPayment = {"payment.deciding", R"sql(
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, created_at, session_expires_at,
       state = 'pending' AND now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                                           ELSE session_expires_at END,
       stripe_session_id, checkout_url
FROM payment.payments WHERE draft_id = CAST(:draft_id AS uuid)
ORDER BY CASE state WHEN 'paid' THEN 0 WHEN 'review' THEN 1 WHEN 'refunded' THEN 2 WHEN 'pending' THEN 3 ELSE 4 END,
         created_at DESC
LIMIT 1)sql"};

// Of an intake, whichever draft they are for: the payments that are open, or that money has come for.
inline constexpr db::Statement kLiveOfIntake = {"payment.live_of_intake", R"sql(
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, created_at, session_expires_at,
       state = 'pending' AND now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                                           ELSE session_expires_at END,
       stripe_session_id, checkout_url
FROM payment.payments
WHERE intake_id = CAST(:intake_id AS uuid) AND state IN ('pending', 'paid', 'review')
ORDER BY state <> 'pending' DESC, payment_id)sql"};

// Guarded by the session and not by the state: the webhook may already have won.
inline constexpr db::Statement kStoreSession = {"payment.store_session", R"sql(
UPDATE payment.payments
SET stripe_session_id = CAST(:session_id AS text), checkout_url = CAST(:checkout_url AS text), updated_at = now()
WHERE payment_id = CAST(:payment_id AS uuid)
  AND (stripe_session_id IS NULL OR stripe_session_id = CAST(:session_id AS text))
RETURNING state,
          EXISTS (SELECT FROM payment.unmatched_events waiting
                  WHERE waiting.payment_id = CAST(:payment_id AS uuid) OR waiting.session_id = CAST(:session_id AS text)),
          set_config('synchronous_commit', 'off', true))sql",
                                                db::Durability::kWithNext};

// Zero rows: it was paid, was ended or got a session meanwhile. Neither neighbour is told: nobody
// has heard of a payment before money has arrived. Not flushed at once: the draft's next payment
// commits with a flush before Stripe hears of it.
inline constexpr db::Statement kEnd = {"payment.end", R"sql(
WITH ended AS (
  UPDATE payment.payments
  SET state = CAST(:state AS text), version = version + 1, ended_at = now(), updated_at = now()
  WHERE payment_id = CAST(:payment_id AS uuid) AND state = 'pending'
    AND stripe_session_id IS NOT DISTINCT FROM CAST(:session_id AS text)
  RETURNING payment_id, state, version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'checkout', 'end', 'pending', state, version, CAST(:reason AS text) FROM ended
)
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM ended)sql",
                                       db::Durability::kWithNext};

}  // namespace fsft::payment::sql
