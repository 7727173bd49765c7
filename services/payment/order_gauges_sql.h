#pragma once

#include "shared/db/statement.h"

// Each part is a look-up in an index of what is not over, whose size does not depend on how many
// orders there have been.
namespace fsft::payment::sql {

inline constexpr db::Statement kOrderGauges = {"payment.order_gauges", R"sql(
WITH outbox AS MATERIALIZED (
  SELECT target, created_at
  FROM unnest(ARRAY['fulfillment', 'intake']) AS targets (target)
  CROSS JOIN LATERAL (SELECT created_at FROM payment.outbox o WHERE o.target = targets.target
                      ORDER BY next_at LIMIT 10000) AS due
), unmailed AS MATERIALIZED (
  SELECT paid_at FROM payment.payments
  WHERE state = 'paid' AND mailed_at IS NULL AND refunded_cents < amount_cents
    AND payment.want(state, amount_cents, refunded_cents, refund_reserved_cents, dispute, hold) = 'mail'
    AND delivery_state IS DISTINCT FROM 'cancelled'
  ORDER BY paid_at LIMIT 10000
), unmatched AS MATERIALIZED (
  SELECT received_at FROM payment.unmatched_events LIMIT 10000
)
SELECT 'outbox.' || target, count(created_at)
FROM unnest(ARRAY['fulfillment', 'intake']) AS targets (target) LEFT JOIN outbox USING (target) GROUP BY target
UNION ALL
SELECT 'outbox_age.' || target, CAST(extract(epoch FROM now() - min(created_at)) AS bigint)
FROM unnest(ARRAY['fulfillment', 'intake']) AS targets (target) LEFT JOIN outbox USING (target) GROUP BY target
UNION ALL
SELECT 'orders.pending', count(*)
FROM (SELECT FROM payment.payments WHERE state = 'pending' ORDER BY next_check_at LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.review', count(*) FROM (SELECT FROM payment.payments WHERE state = 'review' LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.held', count(*) FROM (SELECT FROM payment.payments WHERE hold LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.refund_open', count(*)
FROM (SELECT FROM payment.refunds WHERE state IN ('requested', 'held', 'submitted') LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.refund_failed', count(*) FROM (SELECT FROM payment.refunds WHERE state = 'failed' LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.dispute', count(*)
FROM (SELECT FROM payment.disputes WHERE state IN ('inquiry', 'open') LIMIT 10000) AS waiting
UNION ALL SELECT 'unmailed', count(*) FROM unmailed
UNION ALL SELECT 'unmailed_age', CAST(extract(epoch FROM now() - min(paid_at)) AS bigint) FROM unmailed
UNION ALL SELECT 'unmatched', count(*) FROM unmatched
UNION ALL SELECT 'unmatched_age', CAST(extract(epoch FROM now() - min(received_at)) AS bigint) FROM unmatched
UNION ALL
SELECT 'webhook_age',
       (SELECT CAST(extract(epoch FROM now() - received_at) AS bigint) FROM payment.stripe_events
        WHERE source = 'webhook' AND received_at > now() - interval '40 days' ORDER BY received_at DESC LIMIT 1))sql"};

}  // namespace fsft::payment::sql
