#include "shared/retention/sweep.h"

#include <utility>

#include "shared/db/errors.h"
#include "shared/logging/logging.h"

namespace fsft::retention {

namespace {

constexpr std::chrono::seconds kPatience{10};
// Sorts before any row.
constexpr std::string_view kBeforeAllTime = "-infinity";
constexpr std::string_view kBeforeAllIds = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view kForeignKeyViolation = "23503";

db::Deadline Soon() { return std::chrono::steady_clock::now() + kPatience; }

}  // namespace

Settle OneByOne(db::Database& database, const db::Statement& statement, std::chrono::days keep,
                std::stop_token stopping) {
  return [&database, &statement, keep, stopping = std::move(stopping)](
             const std::vector<std::string>& ids) -> absl::StatusOr<int> {
    int settled = 0;
    for (const std::string& id : ids) {
      if (stopping.stop_requested()) break;
      absl::StatusOr<std::optional<db::Row>> row =
          database.RunOne(statement, {{"id", id}, {"days", keep.count()}}, Soon());
      if (db::SqlStateOf(row.status()) == kForeignKeyViolation) continue;
      if (!row.ok()) return row.status();
      if (row->has_value()) ++settled;
    }
    return settled;
  };
}

Sweep::Sweep(Kind kind, db::Database& database, metrics::Registry& registry, config::Retention mode)
    : kind_(std::move(kind)),
      database_(database),
      dry_run_(mode != config::Retention::kOn),
      due_(registry.AddGauge("retention_due",
                             "Rows whose time was over at the last pass and that it left",
                             {{"kind", std::string(kind_.name)}})),
      settled_(registry.AddCounter("retention_settled_total",
                                   "Rows that were blanked or deleted because their time is over",
                                   {{"kind", std::string(kind_.name)}})),
      after_time_(kBeforeAllTime),
      after_id_(kBeforeAllIds) {}

absl::StatusOr<int> Sweep::Step() {
  absl::StatusOr<db::Rows> rows = Look();
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    EndPass();
    return 0;
  }
  after_id_ = rows->back().Text(0);
  after_time_ = rows->back().Text(1);
  std::vector<std::string> due;
  for (const db::Row& row : *rows) {
    if (row.Bool(2)) due.push_back(row.Text(0));
  }
  left_ += static_cast<int64_t>(due.size());
  absl::StatusOr<int> settled = Settled(due);
  if (!settled.ok()) return settled.status();
  left_ -= *settled;
  return static_cast<int>(rows->size());
}

absl::StatusOr<db::Rows> Sweep::Look() {
  return database_.Run(*kind_.look,
                       {{"days", kind_.keep.count()},
                        {"after_time", after_time_},
                        {"after_id", after_id_},
                        {"batch", kBatch}},
                       Soon());
}

absl::StatusOr<int> Sweep::Settled(const std::vector<std::string>& due) {
  if (dry_run_ || due.empty()) return 0;
  absl::StatusOr<int> settled = kind_.settle(due);
  if (!settled.ok()) return settled.status();
  settled_.Add(*settled);
  logging::Info("retention: their time is over",
                {{"kind", kind_.name}, {"due", due.size()}, {"settled", *settled}});
  return settled;
}

void Sweep::EndPass() {
  due_.Set(static_cast<double>(left_));
  if (dry_run_)
    logging::Info("retention, dry run: their time is over, and they stay",
                  {{"kind", kind_.name}, {"due", left_}});
  left_ = 0;
  after_time_ = kBeforeAllTime;
  after_id_ = kBeforeAllIds;
}

}  // namespace fsft::retention
