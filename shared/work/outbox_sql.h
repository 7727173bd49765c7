#pragma once

#include "absl/strings/string_view.h"

// The statements of an outbox, apart from the code that runs them so that each can be read as SQL.
// $schema stands for the service's schema. All three may be lost in a crash: a lost claim or a lost
// deletion only delivers once more.
//
// A row is deleted when its receiver knows it, and comes anew with the next news, its claims counted
// from the beginning. So what is done with a claim goes by the version, too, that was claimed: a
// replica whose lease has ended might otherwise delete news that nobody has told.
namespace fsft::work::sql {

// The CTE is materialized: joined, PostgreSQL might run it once per row and claim more than the
// limit. How far back it looks: see ClaimWindow.
inline constexpr absl::string_view kClaim = R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, target, next_at FROM $schema.outbox
  WHERE target = CAST(:target AS text) AND next_at <= now()
    AND next_at >= now() - make_interval(secs => CAST(:back AS double precision))
  ORDER BY next_at LIMIT CAST(:limit AS bigint)
  FOR UPDATE SKIP LOCKED
)
UPDATE $schema.outbox o
SET claim = o.claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
FROM due WHERE o.payment_id = due.payment_id AND o.target = due.target
RETURNING o.payment_id, o.claim, o.failures, CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint),
          o.version, set_config('synchronous_commit', 'off', true))sql";

inline constexpr absl::string_view kSettle = R"sql(
DELETE FROM $schema.outbox o
USING unnest(CAST(:ids AS uuid[]), CAST(:claims AS bigint[]), CAST(:versions AS bigint[]))
      AS done (payment_id, claim, version)
WHERE o.payment_id = done.payment_id AND o.target = CAST(:target AS text)
  AND o.claim = done.claim AND o.version = done.version
RETURNING set_config('synchronous_commit', 'off', true))sql";

// Each row with a pause of its own, by its own failures: an order that failed often does not slow
// down those that happened to be claimed with it.
inline constexpr absl::string_view kPutOff = R"sql(
UPDATE $schema.outbox o
SET failures = o.failures + 1,
    next_at = now() + make_interval(secs => CAST(failed.pause_ms AS double precision) / 1000)
FROM unnest(CAST(:ids AS uuid[]), CAST(:claims AS bigint[]), CAST(:versions AS bigint[]),
            CAST(:pauses_ms AS bigint[])) AS failed (payment_id, claim, version, pause_ms)
WHERE o.payment_id = failed.payment_id AND o.target = CAST(:target AS text)
  AND o.claim = failed.claim AND o.version = failed.version
RETURNING set_config('synchronous_commit', 'off', true))sql";

}  // namespace fsft::work::sql
