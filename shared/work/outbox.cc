#include "shared/work/outbox.h"

#include <algorithm>
#include <optional>

#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"

namespace fsft::work {

namespace {

// The receiver looked at the message and will not take it as it is. All other codes are about the
// receiver or the way to it, and sending less would not help.
bool IsRefusal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kDataLoss:
    // A mistake of the receiver's that one order may bring out and the others not.
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

}  // namespace

Outbox::Outbox(Options options, db::Database& database, metrics::Registry& registry,
               Deliver deliver)
    : options_(std::move(options)),
      database_(database),
      deliver_(std::move(deliver)),
      delivered_(registry.AddCounter("outbox_delivered_total",
                                     "Orders of which another service was told",
                                     {{"from", options_.schema}, {"to", options_.target}})),
      put_off_(registry.AddCounter("outbox_put_off_total",
                                   "Orders whose delivery failed and is tried again, each time",
                                   {{"from", options_.schema}, {"to", options_.target}})),
      refusals_(registry.AddCounter("outbox_refusals_total",
                                    "Orders that a receiver refused, each time that it did",
                                    {{"from", options_.schema}, {"to", options_.target}})),
      statements_(options_.schema) {}

absl::StatusOr<int> Outbox::RelayBatch() {
  const auto deadline = std::chrono::steady_clock::now() + options_.lease / 2;
  absl::StatusOr<std::vector<ClaimedRow>> rows = Claim(deadline);
  if (!rows.ok()) return rows.status();
  // None delivered, and the worker sleeps: an unreachable service is not asked again at once.
  return rows->empty() ? 0 : Relay(*rows, deadline);
}

absl::StatusOr<int> Outbox::Relay(std::span<const ClaimedRow> rows, db::Deadline deadline) {
  std::vector<std::string> payment_ids;
  for (const ClaimedRow& row : rows) payment_ids.push_back(row.payment_id);
  std::optional<logging::ScopedContext> order;
  if (rows.size() == 1) order.emplace(logging::ForOrder(rows.front().payment_id));
  const absl::Status delivered = deliver_(payment_ids, deadline);
  if (delivered.ok()) {
    delivered_.Add(static_cast<double>(rows.size()));
    if (absl::Status status = Settle(rows, deadline); !status.ok()) return status;
    return static_cast<int>(rows.size());
  }
  if (IsRefusal(delivered) && rows.size() > 1) {
    absl::StatusOr<int> first = Relay(rows.first(rows.size() / 2), deadline);
    if (!first.ok()) return first;
    absl::StatusOr<int> second = Relay(rows.subspan(rows.size() / 2), deadline);
    if (!second.ok()) return second;
    return *first + *second;
  }
  put_off_.Add(static_cast<double>(rows.size()));
  Report(rows, delivered);
  if (absl::Status status = PutOff(rows, deadline); !status.ok()) return status;
  return 0;
}

absl::StatusOr<std::vector<Outbox::ClaimedRow>> Outbox::Claim(db::Deadline deadline) {
  const ClaimWindow::Look look = window_.Begin();
  absl::StatusOr<db::Rows> rows = database_.Run(statements_.claim(),
                                                {{"target", options_.target},
                                                 {"back", std::to_string(look.BackSeconds())},
                                                 {"limit", options_.batch},
                                                 {"lease", options_.lease.count()}},
                                                deadline);
  if (!rows.ok()) return rows.status();
  std::vector<ClaimedRow> claimed;
  std::chrono::milliseconds newest_late = std::chrono::milliseconds::max();
  for (const db::Row& row : *rows) {
    claimed.push_back({.payment_id = row.Text(0),
                       .claim = row.Int64(1),
                       .version = row.Int64(4),
                       .failures = static_cast<int>(row.Int64(2))});
    newest_late = std::min(newest_late, std::chrono::milliseconds(row.Int64(3)));
  }
  const bool full = claimed.size() == static_cast<size_t>(options_.batch);
  window_.End(look, full ? newest_late : std::chrono::milliseconds(0));
  return claimed;
}

absl::Status Outbox::Settle(std::span<const ClaimedRow> rows, db::Deadline deadline) {
  std::vector<std::string> ids;
  std::vector<int64_t> claims, versions;
  for (const ClaimedRow& row : rows) {
    ids.push_back(row.payment_id);
    claims.push_back(row.claim);
    versions.push_back(row.version);
  }
  return database_
      .Run(statements_.settle(),
           {db::Param::Array("ids", ids),
            db::Param::Array("claims", claims),
            db::Param::Array("versions", versions),
            {"target", options_.target}},
           deadline)
      .status();
}

absl::Status Outbox::PutOff(std::span<const ClaimedRow> rows, db::Deadline deadline) {
  std::vector<std::string> ids;
  std::vector<int64_t> claims, versions, pauses_ms;
  for (const ClaimedRow& row : rows) {
    ids.push_back(row.payment_id);
    claims.push_back(row.claim);
    versions.push_back(row.version);
    pauses_ms.push_back(options_.backoff.After(row.failures + 1).count());
  }
  return database_
      .Run(statements_.put_off(),
           {db::Param::Array("ids", ids),
            db::Param::Array("claims", claims),
            db::Param::Array("versions", versions),
            db::Param::Array("pauses_ms", pauses_ms),
            {"target", options_.target}},
           deadline)
      .status();
}

// A refusal comes back until somebody mends its cause, so it is for an operator's eyes.
void Outbox::Report(std::span<const ClaimedRow> rows, const absl::Status& status) {
  if (!IsRefusal(status)) {
    if (const auto left_out = repeats_.Say(status.ToString())) {
      logging::Warning("delivery failed", {{"target", options_.target},
                                           {"orders", rows.size()},
                                           {"status", status.ToString()},
                                           {"left_out", *left_out}});
    }
    return;
  }
  refusals_.Add();
  logging::Error("order refused", {{"target", options_.target},
                                   {"payment_id", rows.front().payment_id},
                                   {"failures", rows.front().failures + 1},
                                   {"status", status.ToString()}});
}

}  // namespace fsft::work
