#pragma once

#include "shared/db/statement.h"

// The statements behind operators' lists and numbers. They only read. Each list is a page of ids by
// an index of its own, in the order of the ids, which is the order of the checkouts.
namespace fsft::payment::sql {

inline constexpr db::Statement kListAll = {"payment.list_all", R"sql(
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST(:before AS uuid)
ORDER BY payment_id DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListReview = {"payment.list_review", R"sql(
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST(:before AS uuid) AND state = 'review'
ORDER BY payment_id DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListHeld = {"payment.list_held", R"sql(
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST(:before AS uuid) AND hold
ORDER BY payment_id DESC LIMIT CAST(:limit AS bigint))sql"};

// A letter that was cancelled at the printer after all is no loss.
inline constexpr db::Statement kListRefundedAfterMailing = {"payment.list_refunded_after_mailing",
                                                            R"sql(
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST(:before AS uuid) AND mailed_at IS NOT NULL AND refunded_cents >= amount_cents
  AND delivery_state IS DISTINCT FROM 'cancelled'
ORDER BY payment_id DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListRefunding = {"payment.list_refunding", R"sql(
SELECT DISTINCT payment_id FROM payment.refunds
WHERE payment_id < CAST(:before AS uuid) AND state IN ('requested', 'held', 'submitted')
ORDER BY payment_id DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListRefundFailed = {"payment.list_refund_failed", R"sql(
SELECT DISTINCT payment_id FROM payment.refunds
WHERE payment_id < CAST(:before AS uuid) AND state = 'failed'
ORDER BY payment_id DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListDisputed = {"payment.list_disputed", R"sql(
SELECT DISTINCT payment_id FROM payment.disputes
WHERE payment_id < CAST(:before AS uuid) AND state IN ('inquiry', 'open')
ORDER BY payment_id DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListed = {"payment.listed", R"sql(
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at, dispute, hold
FROM payment.payments WHERE payment_id = ANY (CAST(:ids AS uuid[]))
ORDER BY payment_id DESC)sql"};

inline constexpr db::Statement kRefundsOf = {"payment.refunds_of", R"sql(
SELECT refund_id, payment_id, r.state, r.amount_cents, p.currency, reason, origin, is_after_mailing,
       r.state = 'requested' AND coalesce(p.delivery_state = 'outcome_unknown', false), failure, r.created_at, settled_at
FROM payment.refunds r JOIN payment.payments p USING (payment_id)
WHERE payment_id = ANY (CAST(:ids AS uuid[]))
ORDER BY refund_id DESC)sql"};

inline constexpr db::Statement kAuditTrail = {"payment.audit_trail", R"sql(
SELECT at, actor, action, from_state, to_state, reason, version
FROM payment.audit_log WHERE payment_id = CAST(:payment_id AS uuid)
ORDER BY version, at)sql"};

inline constexpr db::Statement kActivity = {"payment.activity", R"sql(
SELECT at, actor, action, from_state, to_state, reason, version, payment_id
FROM payment.audit_log ORDER BY at DESC, version DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kPaymentsByState = {"payment.count_by_state", R"sql(
SELECT state, count(*) FROM payment.payments WHERE created_at >= now() - interval '30 days' GROUP BY state)sql"};

inline constexpr db::Statement kStats = {"payment.stats", R"sql(
SELECT (SELECT count(*) FROM payment.payments WHERE state = 'review'),
       (SELECT count(*) FROM payment.payments WHERE hold),
       (SELECT count(*) FROM payment.refunds WHERE state IN ('requested', 'held', 'submitted')),
       (SELECT count(*) FROM payment.refunds WHERE state = 'failed'),
       (SELECT count(*) FROM payment.payments
        WHERE mailed_at IS NOT NULL AND refunded_cents >= amount_cents AND delivery_state IS DISTINCT FROM 'cancelled'),
       (SELECT count(*) FROM payment.disputes WHERE state IN ('inquiry', 'open')),
       (SELECT count(*) FROM payment.unmatched_events),
       (SELECT count(*) FROM payment.payments
        WHERE state = 'paid' AND mailed_at IS NULL AND refunded_cents < amount_cents AND dispute <> 'lost'
          AND delivery_state IS DISTINCT FROM 'cancelled'),
       (SELECT CAST(coalesce(extract(epoch FROM now() - min(paid_at)), 0) AS bigint) FROM payment.payments
        WHERE state = 'paid' AND mailed_at IS NULL AND refunded_cents < amount_cents AND dispute <> 'lost'
          AND delivery_state IS DISTINCT FROM 'cancelled'))sql"};

// Days are those of UTC.
inline constexpr db::Statement kFunnel = {"payment.funnel", R"sql(
SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, appeal_type, count(*), count(paid_at), count(mailed_at),
       CAST(coalesce(sum(amount_cents) FILTER (WHERE paid_at IS NOT NULL), 0) AS bigint),
       CAST(coalesce(sum(refunded_cents), 0) AS bigint), count(*) FILTER (WHERE dispute <> 'none'),
       CAST(coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM mailed_at - paid_at)), 0) AS bigint),
       CAST(coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM mailed_at - paid_at)), 0) AS bigint)
FROM payment.payments
WHERE created_at >= CAST(CAST(:from_day AS date) AS timestamp) AT TIME ZONE 'UTC'
  AND created_at < CAST(CAST(:to_day AS date) + 1 AS timestamp) AT TIME ZONE 'UTC'
GROUP BY 1, 2 ORDER BY 1, 2)sql"};

}  // namespace fsft::payment::sql
