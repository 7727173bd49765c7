#pragma once

#include "shared/db/statement.h"

// Each part is a look-up in an index of what is not over, whose size does not depend on how many
// letters there have been.
namespace fsft::fulfillment::sql {

// Letters are in the order of their payments' ids, which is that of the checkouts; so the first one
// has been waiting for about as long as any.
inline constexpr db::Statement kLetterGauges = {"fulfillment.letter_gauges", R"sql(
WITH outbox AS MATERIALIZED (
  SELECT created_at FROM fulfillment.outbox WHERE target = 'payment' ORDER BY next_at LIMIT 10000
), unmatched AS MATERIALIZED (
  SELECT received_at FROM fulfillment.unmatched_lob_events ORDER BY received_at LIMIT 10000
)
SELECT 'outbox', count(*) FROM outbox
UNION ALL SELECT 'outbox_age', CAST(extract(epoch FROM now() - min(created_at)) AS bigint) FROM outbox
UNION ALL
SELECT 'letters.' || states.state,
       (SELECT count(*) FROM (SELECT FROM fulfillment.letters l
                              WHERE l.state = states.state AND l.state NOT IN ('delivered', 'cancelled') LIMIT 10000) AS waiting)
FROM unnest(ARRAY['queued', 'sending', 'outcome_unknown', 'dead_letter', 'failed_at_printer', 'cancelling'])
     AS states (state)
UNION ALL
SELECT 'queue_age',
       (SELECT CAST(extract(epoch FROM now() - coalesce(paid_at, created_at)) AS bigint) FROM fulfillment.letters
        WHERE state = 'queued' AND want = 'mail' AND state NOT IN ('delivered', 'cancelled') ORDER BY payment_id LIMIT 1)
UNION ALL SELECT 'unmatched', count(*) FROM unmatched
UNION ALL SELECT 'unmatched_age', CAST(extract(epoch FROM now() - min(received_at)) AS bigint) FROM unmatched
UNION ALL
SELECT 'webhook_age',
       (SELECT CAST(extract(epoch FROM now() - received_at) AS bigint) FROM fulfillment.lob_events
        WHERE received_at > now() - interval '40 days' ORDER BY received_at DESC LIMIT 1)
UNION ALL
SELECT 'paused.' || causes.cause,
       (SELECT count(*) FROM fulfillment.mailing_pauses p
        WHERE p.cause = causes.cause AND p.resumed_at IS NULL AND p.key_fingerprint IN ('', CAST(:key AS text)))
FROM unnest(ARRAY['operator', 'paused_credentials']) AS causes (cause))sql"};

}  // namespace fsft::fulfillment::sql
