#pragma once

#include "shared/db/statement.h"

// The statements of refunds that operators ask for. Those that change one run in a transaction that
// has locked the payment first; see balance_sql.h.
namespace fsft::payment::sql {

// What a refund, or the end of a review, depends on.
inline constexpr db::Statement kRefundable = {"payment.refundable", R"sql(
SELECT state, amount_cents - refunded_cents - refund_reserved_cents, refunded_cents = 0 AND refund_reserved_cents = 0, hold,
       EXISTS (SELECT FROM payment.payments other
               WHERE other.draft_id = p.draft_id AND other.state = 'paid' AND other.payment_id <> p.payment_id)
FROM payment.payments p WHERE payment_id = CAST(:payment_id AS uuid))sql"};

inline constexpr db::Statement kWasPaid = {"payment.was_paid", R"sql(
SELECT EXISTS (SELECT FROM payment.audit_log
               WHERE payment_id = CAST(:payment_id AS uuid) AND to_state = 'paid'))sql"};

inline constexpr db::Statement kForgetRequest = {"payment.forget_refund_request", R"sql(
UPDATE payment.refunds SET request_key = NULL
WHERE request_key = CAST(:request_key AS bytea) AND request_expires_at <= now()
RETURNING refund_id)sql"};

// The refund that a request has made before.
inline constexpr db::Statement kRefundOfRequest = {"payment.refund_of_request", R"sql(
SELECT refund_id, request_digest FROM payment.refunds
WHERE request_key = CAST(:request_key AS bytea))sql"};

// Its worker is whoever inserts it, until the lease ends. The letter counts as mailed by what is
// known here: an operator who did not know asks for the money instead of the letter.
inline constexpr db::Statement kRequestRefund = {"payment.request_refund", R"sql(
INSERT INTO payment.refunds (refund_id, payment_id, origin, state, amount_cents, is_whole, reason, is_forced,
                             is_after_mailing, actor, request_key, request_digest, request_expires_at, next_at, claim)
SELECT CAST(:refund_id AS uuid), payment_id, 'operator', 'requested', CAST(:amount AS bigint), CAST(:is_whole AS boolean),
       CAST(:reason AS text), CAST(:is_forced AS boolean),
       coalesce(delivery_state IN ('mailed', 'in_transit', 'delivered', 'returned'), false), CAST(:actor AS text),
       CAST(:request_key AS bytea), CAST(:request_digest AS bytea),
       now() + make_interval(secs => CAST(:lifetime AS double precision)),
       now() + make_interval(secs => CAST(:lease AS double precision)), 1
FROM payment.payments WHERE payment_id = CAST(:payment_id AS uuid)
RETURNING refund_id)sql"};

// Zero rows: none of the payment waits for its letter.
inline constexpr db::Statement kForceRefund = {"payment.force_refund", R"sql(
UPDATE payment.refunds r SET is_forced = true, next_at = now(), claim = r.claim + 1, updated_at = now()
FROM payment.payments p
WHERE r.payment_id = CAST(:payment_id AS uuid) AND r.state = 'requested' AND p.payment_id = r.payment_id
  AND p.delivery_state = 'outcome_unknown'
RETURNING r.refund_id)sql"};

// Refunds are few, and what is settled leaves the index.
inline constexpr db::Statement kClaimRefunds = {"payment.claim_refunds", R"sql(
WITH due AS MATERIALIZED (
  SELECT refund_id FROM payment.refunds
  WHERE next_at <= now() AND state IN ('requested', 'held', 'submitted') AND origin = 'operator'
  ORDER BY next_at LIMIT CAST(:limit AS bigint)
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE payment.refunds r
  SET claim = r.claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
  FROM due WHERE r.refund_id = due.refund_id
  RETURNING r.*
)
SELECT refund_id, payment_id, r.state, r.amount_cents, is_whole, p.refunded_cents + p.refund_reserved_cents >= p.amount_cents,
       is_forced, is_after_mailing, reason, stripe_payment_intent,
       CAST(extract(epoch FROM now() - posted_at) AS bigint), claim, failures,
       set_config('synchronous_commit', 'off', true)
FROM claimed r JOIN payment.payments p USING (payment_id))sql",
                                                db::Durability::kWithNext};

// The claim of one that was inserted with it, or is claimed already.
inline constexpr db::Statement kDueRefund = {"payment.due_refund", R"sql(
SELECT refund_id, payment_id, r.state, r.amount_cents, is_whole, p.refunded_cents + p.refund_reserved_cents >= p.amount_cents,
       is_forced, is_after_mailing, reason, stripe_payment_intent,
       CAST(extract(epoch FROM now() - posted_at) AS bigint), claim, failures
FROM payment.refunds r JOIN payment.payments p USING (payment_id)
WHERE refund_id = CAST(:refund_id AS uuid))sql"};

// On disk before Stripe is asked, and with it what fulfillment has committed: one WAL. Due at once.
inline constexpr db::Statement kHoldRefund = {"payment.hold_refund", R"sql(
UPDATE payment.refunds
SET state = 'held', is_after_mailing = is_after_mailing OR CAST(:is_mailed AS boolean), posted_at = now(),
    next_at = now(), failures = 0, updated_at = now()
WHERE refund_id = CAST(:refund_id AS uuid) AND state = 'requested' AND claim = CAST(:claim AS bigint)
RETURNING refund_id)sql"};

inline constexpr db::Statement kFailRefund = {"payment.fail_refund", R"sql(
UPDATE payment.refunds
SET state = 'failed', failure = CAST(:failure AS text), settled_at = now(), updated_at = now()
WHERE refund_id = CAST(:refund_id AS uuid) AND state IN ('requested', 'held') AND claim = CAST(:claim AS bigint)
RETURNING is_after_mailing)sql"};

inline constexpr db::Statement kPutOffRefund = {"payment.put_off_refund", R"sql(
UPDATE payment.refunds
SET next_at = now() + make_interval(secs => CAST(:pause AS double precision)), failures = failures + 1
WHERE refund_id = CAST(:refund_id AS uuid) AND claim = CAST(:claim AS bigint)
  AND state IN ('requested', 'held', 'submitted')
RETURNING refund_id, set_config('synchronous_commit', 'off', true))sql",
                                                db::Durability::kWithNext};

// Nothing was tried.
inline constexpr db::Statement kGiveBackRefunds = {"payment.give_back_refunds", R"sql(
UPDATE payment.refunds r SET next_at = now()
FROM unnest(CAST(:refund_ids AS uuid[]), CAST(:claims AS bigint[])) AS given (refund_id, claim)
WHERE r.refund_id = given.refund_id AND r.claim = given.claim AND r.state IN ('requested', 'held', 'submitted')
RETURNING r.refund_id, set_config('synchronous_commit', 'off', true))sql",
                                                   db::Durability::kWithNext};

inline constexpr db::Statement kRefund = {"payment.refund", R"sql(
SELECT refund_id, payment_id, r.state, r.amount_cents, p.currency, reason, origin, is_after_mailing,
       r.state = 'requested' AND coalesce(p.delivery_state = 'outcome_unknown', false), failure, r.created_at, settled_at
FROM payment.refunds r JOIN payment.payments p USING (payment_id)
WHERE refund_id = CAST(:refund_id AS uuid))sql"};

}  // namespace fsft::payment::sql
