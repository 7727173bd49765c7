#pragma once

#include "shared/db/statement.h"

// The statements of operators' lists, trails and numbers. All lists are in the order of the payments' ids, which is the
// order of the checkouts. Numbers that nothing else bounds end at 10,000, where an operator has long been told.
namespace fsft::fulfillment::sql {

inline constexpr db::Statement kListState = {"fulfillment.list_state", R"sql(
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE state = CAST(:state AS text) AND state NOT IN ('delivered', 'cancelled') AND payment_id > CAST(:after AS uuid)
ORDER BY payment_id LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListWaiting = {"fulfillment.list_waiting", R"sql(
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE state IN ('queued', 'sending', 'outcome_unknown', 'dead_letter') AND want = 'mail' AND payment_id > CAST(:after AS uuid)
  AND coalesce(paid_at, created_at) < now() - make_interval(secs => CAST(:waiting AS double precision))
ORDER BY payment_id LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kListStuck = {"fulfillment.list_stuck", R"sql(
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE state IN ('mailed', 'in_transit') AND payment_id > CAST(:after AS uuid)
  AND coalesce(moved_at, mailed_at) < now() - make_interval(secs => CAST(:stuck AS double precision))
  AND coalesce(moved_at, mailed_at) > now() - make_interval(secs => CAST(:given_up AS double precision))
ORDER BY payment_id LIMIT CAST(:limit AS bigint))sql"};

// Of those that operators have cancelled, the ones whose money has not gone back: once it has, payment
// does not want them either.
inline constexpr db::Statement kListStopped = {"fulfillment.list_stopped", R"sql(
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE stopped_by IS NOT NULL AND payment_want <> 'cancel' AND state IN ('cancelling', 'cancelled')
  AND payment_id > CAST(:after AS uuid)
ORDER BY payment_id LIMIT CAST(:limit AS bigint))sql"};

// Letters that wait for a key of the other mode, live or test; no worker of this one touches them.
inline constexpr db::Statement kCountOtherMode = {"fulfillment.count_other_mode", R"sql(
SELECT count(*)
FROM (SELECT FROM fulfillment.letters
      WHERE state IN ('queued', 'sending', 'outcome_unknown', 'cancelling') AND (state <> 'queued' OR want = 'mail')
        AND livemode <> CAST(:livemode AS boolean)
      LIMIT 10000) AS waiting)sql"};

inline constexpr db::Statement kCountStuck = {"fulfillment.count_stuck", R"sql(
SELECT count(*)
FROM (SELECT FROM fulfillment.letters
      WHERE state IN ('mailed', 'in_transit')
        AND coalesce(moved_at, mailed_at) < now() - make_interval(secs => CAST(:stuck AS double precision))
        AND coalesce(moved_at, mailed_at) > now() - make_interval(secs => CAST(:given_up AS double precision))
      LIMIT 10000) AS stuck)sql"};

inline constexpr db::Statement kAuditTrail = {"fulfillment.audit_trail", R"sql(
SELECT at, actor, action, from_state, to_state, reason, version
FROM fulfillment.audit_log WHERE payment_id = CAST(:payment_id AS uuid)
ORDER BY version, at)sql"};

inline constexpr db::Statement kActivity = {"fulfillment.activity", R"sql(
SELECT at, actor, action, from_state, to_state, reason, version, payment_id
FROM fulfillment.audit_log ORDER BY at DESC, version DESC LIMIT CAST(:limit AS bigint))sql"};

inline constexpr db::Statement kLettersByState = {"fulfillment.count_by_state", R"sql(
SELECT state, count(*) FROM fulfillment.letters WHERE created_at >= now() - interval '30 days' GROUP BY state)sql"};

inline constexpr db::Statement kStats = {"fulfillment.stats", R"sql(
SELECT (SELECT count(*)
        FROM (SELECT FROM fulfillment.letters
              WHERE state IN ('mailed', 'in_transit')
                AND coalesce(moved_at, mailed_at) < now() - make_interval(secs => CAST(:stuck AS double precision))
                AND coalesce(moved_at, mailed_at) > now() - make_interval(secs => CAST(:given_up AS double precision))
              LIMIT 10000) AS stuck),
       (SELECT count(*) FROM fulfillment.letters
        WHERE state IN ('queued', 'sending', 'outcome_unknown', 'dead_letter') AND want = 'mail'
          AND coalesce(paid_at, created_at) < now() - make_interval(secs => CAST(:waiting AS double precision))),
       (SELECT count(*) FROM fulfillment.letters WHERE state = 'outcome_unknown'),
       (SELECT count(*) FROM fulfillment.letters WHERE state = 'dead_letter'),
       (SELECT count(*) FROM fulfillment.letters WHERE state = 'failed_at_printer'),
       (SELECT count(*) FROM (SELECT FROM fulfillment.unmatched_lob_events LIMIT 10000) AS waiting))sql"};

}  // namespace fsft::fulfillment::sql
