#pragma once

#include "shared/db/statement.h"

// The statements that look payments up at Stripe: claims with a lease, and what comes after a look
// that has settled nothing. All of them may be lost in a crash, which costs another look.
namespace fsft::payment::sql {

// Those that are due. The CTE is materialized: joined, PostgreSQL might run it once per row and
// claim more than the limit. The limit is no parameter: PostgreSQL would expect a tenth of all
// payments then, and read the whole table to find them. How far back it looks: see
// work::ClaimWindow. Whoever is just moving the payment holds its lock, so it is skipped.
inline constexpr db::Statement kClaimDueChecks = {"payment.claim_due_checks", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, next_check_at FROM payment.payments
  WHERE state = 'pending' AND next_check_at <= now()
    AND next_check_at >= now() - make_interval(secs => CAST(:back AS double precision))
  ORDER BY next_check_at LIMIT 20
  FOR UPDATE SKIP LOCKED
)
UPDATE payment.payments p
SET check_claim = p.check_claim + 1, checked_at = now(),
    next_check_at = now() + make_interval(secs => CAST(:lease AS double precision))
FROM due WHERE p.payment_id = due.payment_id
RETURNING p.payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name,
          success_url, cancel_url, state, created_at, session_expires_at,
          now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                        ELSE session_expires_at END,
          stripe_session_id, checkout_url, check_claim, checks,
          CAST(1000 * extract(epoch FROM now() - due.next_check_at) AS bigint),
          set_config('synchronous_commit', 'off', true))sql",
                                                  db::Durability::kWithNext};

// All that are old enough, due or not and leased or not, until each has been asked about since a
// time, which the first claim answers. It reads the whole index of what is pending; an operator
// wants that, and no worker.
inline constexpr db::Statement kClaimAllChecks = {"payment.claim_all_checks", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id FROM payment.payments
  WHERE state = 'pending' AND next_check_at IS NOT NULL
    AND created_at <= now() - make_interval(secs => CAST(:age AS double precision))
    AND (checked_at IS NULL OR checked_at < coalesce(CAST(:since AS timestamptz), now()))
  ORDER BY next_check_at LIMIT 20
  FOR UPDATE SKIP LOCKED
)
UPDATE payment.payments p
SET check_claim = p.check_claim + 1, checked_at = now(),
    next_check_at = now() + make_interval(secs => CAST(:lease AS double precision))
FROM due WHERE p.payment_id = due.payment_id
RETURNING p.payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name,
          success_url, cancel_url, state, created_at, session_expires_at,
          now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                        ELSE session_expires_at END,
          stripe_session_id, checkout_url, check_claim, checks, now(),
          set_config('synchronous_commit', 'off', true))sql",
                                                  db::Durability::kWithNext};

// One that somebody waits for. Zero rows: it is not pending any more, too young, or was asked about
// a moment ago.
inline constexpr db::Statement kClaimOneCheck = {"payment.claim_one_check", R"sql(
UPDATE payment.payments
SET check_claim = check_claim + 1, checked_at = now(),
    next_check_at = now() + make_interval(secs => CAST(:lease AS double precision))
WHERE payment_id = CAST(:payment_id AS uuid) AND state = 'pending'
  AND created_at <= now() - make_interval(secs => CAST(:age AS double precision))
  AND (checked_at IS NULL OR checked_at <= now() - make_interval(secs => CAST(:apart AS double precision)))
RETURNING payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name,
          success_url, cancel_url, state, created_at, session_expires_at,
          now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                        ELSE session_expires_at END,
          stripe_session_id, checkout_url, check_claim, checks, set_config('synchronous_commit', 'off', true))sql",
                                                 db::Durability::kWithNext};

// After a look that has settled nothing: the next one after a pause, and one right after the
// session's end. For one or for many; no row of one: its lease is lost, or it has moved meanwhile.
inline constexpr db::Statement kCheckLater = {"payment.check_later", R"sql(
UPDATE payment.payments p
SET checks = checks + CAST(:counts AS integer),
    next_check_at = least(now() + make_interval(secs => CAST(:pause AS double precision)),
                          CASE WHEN session_expires_at + interval '1 minute' > now()
                               THEN session_expires_at + interval '1 minute' END)
FROM unnest(CAST(:payment_ids AS uuid[]), CAST(:claims AS bigint[])) AS given (payment_id, claim)
WHERE p.payment_id = given.payment_id AND p.check_claim = given.claim AND p.state = 'pending'
RETURNING set_config('synchronous_commit', 'off', true))sql",
                                              db::Durability::kWithNext};

// How far behind we are. What is late is counted to a bound, so that it never costs much.
inline constexpr db::Statement kArrears = {"payment.check_arrears", R"sql(
SELECT (SELECT count(*) FROM (SELECT FROM payment.payments
                              WHERE state = 'pending' AND next_check_at < now() - interval '1 minute'
                              LIMIT 10000) AS late),
       (SELECT CAST(extract(epoch FROM now() - read_to) AS bigint) FROM payment.event_cursor))sql"};

}  // namespace fsft::payment::sql
