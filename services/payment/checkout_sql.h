#pragma once

#include "shared/db/statement.h"

// The statements that open a payment and lead it to a Stripe session.
namespace fsft::payment::sql {

// For one new payment or for many. One without a row: its draft has a payment that decides already;
// kDecidingPayment reads it. A CTE sees one snapshot, so the same statement could not. The lock on
// what is there makes a checkout wait for a webhook that is just paying the draft, and see what it
// did; without it the new payment would slip in behind the old one's back. Payments are locked in the
// order of their ids and opened in that of their intakes, which their foreign keys lock, so that
// statements with several of them do not deadlock; and many do not wait for long for a payment that
// somebody else has locked, but are then tried one by one.
inline constexpr db::Statement kOpen = {"payment.open", R"sql(
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST(:payment_ids AS uuid[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), wanted AS MATERIALIZED (
  SELECT * FROM unnest(CAST(:payment_ids AS uuid[]), CAST(:intake_ids AS uuid[]), CAST(:draft_ids AS uuid[]),
                       CAST(:sha256s AS bytea[]), CAST(:appeal_types AS text[]), CAST(:amounts AS bigint[]),
                       CAST(:currencies AS text[]), CAST(:products AS text[]), CAST(:success_urls AS text[]),
                       CAST(:cancel_urls AS text[]))
    AS w (payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
          cancel_url)
), existing AS MATERIALIZED (
  SELECT p.draft_id, p.state FROM patience CROSS JOIN wanted JOIN payment.payments p USING (draft_id)
  ORDER BY p.payment_id FOR UPDATE OF p
), opened AS (
  INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, appeal_type, amount_cents,
                                currency, product_name, success_url, cancel_url, session_expires_at, next_check_at)
  SELECT payment_id, intake_id, draft_id, content_sha256, 'pending', appeal_type, amount_cents,
         CAST(currency AS char(3)), product_name, success_url, cancel_url,
         date_trunc('second', now() + interval '23 hours'),
         now() + make_interval(secs => CAST(:check_after AS double precision))
  FROM wanted
  WHERE NOT EXISTS (SELECT FROM existing
                    WHERE existing.draft_id = wanted.draft_id AND existing.state NOT IN ('expired', 'failed'))
  ORDER BY intake_id, draft_id
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

// For one session or for many, locked as in kOpen. One without a row: its payment has another
// session. Guarded by the session and not by the state: the webhook may already have won.
inline constexpr db::Statement kStoreSession = {"payment.store_session", R"sql(
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST(:payment_ids AS uuid[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), given AS MATERIALIZED (
  SELECT payment_id, session_id, nullif(url, '') AS checkout_url
  FROM unnest(CAST(:payment_ids AS uuid[]), CAST(:session_ids AS text[]), CAST(:checkout_urls AS text[]))
    AS g (payment_id, session_id, url)
), before AS MATERIALIZED (
  SELECT payment_id FROM patience CROSS JOIN given JOIN payment.payments p USING (payment_id)
  ORDER BY payment_id FOR UPDATE OF p
)
UPDATE payment.payments p
SET stripe_session_id = given.session_id, checkout_url = given.checkout_url, updated_at = now()
FROM before JOIN given USING (payment_id)
WHERE p.payment_id = before.payment_id
  AND (p.stripe_session_id IS NULL OR p.stripe_session_id = given.session_id)
RETURNING p.payment_id, p.stripe_session_id, p.state,
          EXISTS (SELECT FROM payment.unmatched_events waiting
                  WHERE waiting.payment_id = given.payment_id OR waiting.session_id = given.session_id),
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
