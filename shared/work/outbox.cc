#include "shared/work/outbox.h"

#include <algorithm>

#include "absl/strings/str_replace.h"
#include "shared/logging/logging.h"

namespace fsft::work {

namespace {

// All three may be lost in a crash: a lost claim or a lost deletion only delivers once more.
constexpr auto kDurability = db::Durability::kWithNext;

// The CTE is materialized: joined, PostgreSQL might run it once per row and claim more than the
// limit.
constexpr absl::string_view kClaim = R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, target FROM $schema.outbox
  WHERE target = CAST(:target AS text) AND next_at <= now()
  ORDER BY next_at LIMIT CAST(:limit AS bigint)
  FOR UPDATE SKIP LOCKED
)
UPDATE $schema.outbox o
SET claim = o.claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
FROM due WHERE o.payment_id = due.payment_id AND o.target = due.target
RETURNING o.payment_id, o.claim, o.failures, set_config('synchronous_commit', 'off', true))sql";

constexpr absl::string_view kSettle = R"sql(
DELETE FROM $schema.outbox o
USING unnest(CAST(:ids AS uuid[]), CAST(:claims AS bigint[])) AS done (payment_id, claim)
WHERE o.payment_id = done.payment_id AND o.target = CAST(:target AS text) AND o.claim = done.claim
RETURNING set_config('synchronous_commit', 'off', true))sql";

constexpr absl::string_view kPutOff = R"sql(
UPDATE $schema.outbox o
SET failures = o.failures + 1, next_at = now() + make_interval(secs => CAST(:pause AS double precision))
FROM unnest(CAST(:ids AS uuid[]), CAST(:claims AS bigint[])) AS failed (payment_id, claim)
WHERE o.payment_id = failed.payment_id AND o.target = CAST(:target AS text) AND o.claim = failed.claim
RETURNING set_config('synchronous_commit', 'off', true))sql";

std::string ForSchema(absl::string_view sql, const std::string& schema) {
  return absl::StrReplaceAll(sql, {{"$schema", schema}});
}

std::string Seconds(std::chrono::milliseconds duration) {
  return std::to_string(std::chrono::duration<double>(duration).count());
}

}  // namespace

Outbox::Outbox(Options options, db::Database& database, Deliver deliver)
    : options_(std::move(options)),
      database_(database),
      deliver_(std::move(deliver)),
      claim_name_(options_.schema + ".outbox.claim"),
      claim_sql_(ForSchema(kClaim, options_.schema)),
      settle_name_(options_.schema + ".outbox.settle"),
      settle_sql_(ForSchema(kSettle, options_.schema)),
      put_off_name_(options_.schema + ".outbox.put_off"),
      put_off_sql_(ForSchema(kPutOff, options_.schema)) {}

absl::StatusOr<int> Outbox::RelayBatch() {
  const auto deadline = std::chrono::steady_clock::now() + options_.lease / 2;
  absl::StatusOr<Batch> batch = Claim(deadline);
  if (!batch.ok()) return batch.status();
  if (batch->payment_ids.empty()) return 0;

  if (absl::Status status = deliver_(batch->payment_ids, deadline); !status.ok()) {
    logging::Warning("delivery failed", {{"target", options_.target},
                                         {"orders", batch->payment_ids.size()},
                                         {"status", status.ToString()}});
    // Nothing was worked, so the worker sleeps: an unreachable service is not asked again at once.
    if (absl::Status put_off = PutOff(*batch, deadline); !put_off.ok()) return put_off;
    return 0;
  }
  if (absl::Status status = Settle(*batch, deadline); !status.ok()) return status;
  return static_cast<int>(batch->payment_ids.size());
}

absl::StatusOr<Outbox::Batch> Outbox::Claim(db::Deadline deadline) {
  const db::Statement statement{claim_name_, claim_sql_, kDurability};
  absl::StatusOr<db::Rows> rows = database_.Run(
      statement,
      {{"target", options_.target}, {"limit", options_.batch}, {"lease", Seconds(options_.lease)}},
      deadline);
  if (!rows.ok()) return rows.status();
  Batch batch;
  for (const db::Row& row : *rows) {
    batch.payment_ids.push_back(row.Text(0));
    batch.claims.push_back(row.Int64(1));
    batch.failures = std::max(batch.failures, static_cast<int>(row.Int64(2)));
  }
  return batch;
}

absl::Status Outbox::Settle(const Batch& batch, db::Deadline deadline) {
  const db::Statement statement{settle_name_, settle_sql_, kDurability};
  return database_
      .Run(statement,
           {db::Param::Array("ids", batch.payment_ids),
            db::Param::Array("claims", batch.claims),
            {"target", options_.target}},
           deadline)
      .status();
}

absl::Status Outbox::PutOff(const Batch& batch, db::Deadline deadline) {
  const db::Statement statement{put_off_name_, put_off_sql_, kDurability};
  return database_
      .Run(statement,
           {{"pause", Seconds(options_.backoff.After(batch.failures + 1))},
            db::Param::Array("ids", batch.payment_ids),
            db::Param::Array("claims", batch.claims),
            {"target", options_.target}},
           deadline)
      .status();
}

}  // namespace fsft::work
