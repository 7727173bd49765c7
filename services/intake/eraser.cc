#include "services/intake/eraser.h"

#include <algorithm>
#include <span>

#include "services/intake/erasure_sql.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

constexpr size_t kBatch = 200;

absl::Status NotFound() {
  return rpc::Error(absl::StatusCode::kNotFound, "intake_not_found", "there is no such intake");
}

absl::Status InProgress() {
  return rpc::Error(absl::StatusCode::kAlreadyExists, "order_in_progress",
                    "the order is not final yet, and needs what would be erased");
}

}  // namespace

absl::StatusOr<time::TimePoint> Eraser::Erase(const std::string& intake_id, std::string_view actor,
                                              db::Deadline deadline) {
  std::optional<time::TimePoint> erased_at;
  const absl::Status status =
      database_.RunTransaction(deadline, [&](db::Transaction& transaction) -> absl::Status {
        absl::StatusOr<std::vector<Found>> found =
            Lock(transaction, {intake_id}, std::chrono::days::zero());
        if (!found.ok()) return found.status();
        if (found->empty()) return NotFound();
        erased_at = found->front().erased_at;
        if (erased_at && !found->front().readable) return absl::OkStatus();
        if (!found->front().may) return InProgress();
        absl::StatusOr<std::optional<time::TimePoint>> now =
            Forget(transaction, {intake_id}, actor);
        if (!now.ok()) return now.status();
        erased_at = *now;
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return *erased_at;
}

absl::StatusOr<int> Eraser::EraseAll(const std::vector<std::string>& intake_ids,
                                     std::string_view actor, db::Deadline deadline,
                                     std::chrono::days idle) {
  std::vector<std::string> ids;
  const absl::Status status =
      database_.RunTransaction(deadline, [&](db::Transaction& transaction) -> absl::Status {
        absl::StatusOr<std::vector<Found>> found = Lock(transaction, intake_ids, idle);
        if (!found.ok()) return found.status();
        for (Found& one : *found) {
          if (one.readable && one.may) ids.push_back(std::move(one.intake_id));
        }
        return ids.empty() ? absl::OkStatus() : Forget(transaction, ids, actor).status();
      });
  if (!status.ok()) return status;
  return static_cast<int>(ids.size());
}

absl::StatusOr<std::vector<Eraser::Found>> Eraser::Lock(db::Transaction& transaction,
                                                        const std::vector<std::string>& intake_ids,
                                                        std::chrono::days idle) {
  if (auto lock = transaction.Run(sql::kLockErasures, {}); !lock.ok()) return lock.status();
  absl::StatusOr<db::Rows> rows = transaction.Run(
      sql::kErasable, {db::Param::Array("ids", intake_ids), {"idle_days", idle.count()}});
  if (!rows.ok()) return rows.status();
  std::vector<Found> found;
  for (const db::Row& row : *rows) {
    Found one{
        .intake_id = row.Text(0), .erased_at = {}, .readable = !row.Bool(2), .may = row.Bool(3)};
    if (!row.IsNull(1)) one.erased_at = row.Time(1);
    found.push_back(std::move(one));
  }
  return found;
}

absl::StatusOr<std::optional<time::TimePoint>> Eraser::Forget(
    db::Transaction& transaction, const std::vector<std::string>& intake_ids,
    std::string_view actor) {
  // First the file: what the database forgets must be forgotten after any restore.
  if (absl::Status status = ledger_.Append(intake_ids); !status.ok()) return status;
  absl::StatusOr<db::Rows> rows =
      transaction.Run(sql::kErase, {db::Param::Array("ids", intake_ids), {"actor", actor}});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  return rows->front().Time(1);
}

absl::StatusOr<std::vector<Erasure>> Eraser::List(int64_t after, int limit, db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kErasures, {{"after", after}, {"limit", limit}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<Erasure> erasures;
  for (const db::Row& row : *rows) erasures.push_back({row.Int64(0), row.Text(1)});
  return erasures;
}

absl::Status Eraser::RevokeToken(std::string_view intake_id, std::string_view actor,
                                 db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kRevokeToken, {{"intake_id", intake_id}, {"actor", actor}}, deadline);
  if (!row.ok()) return row.status();
  return row->has_value() ? absl::OkStatus() : NotFound();
}

absl::StatusOr<int> Eraser::EraseAgain(db::Deadline deadline, const std::stop_token& stopping) {
  std::vector<std::string> ids;
  const absl::Status read = ledger_.ReadInto(ids);
  int erased = 0;
  for (std::span<const std::string> rest = ids; !rest.empty() && !stopping.stop_requested();) {
    const std::span<const std::string> batch = rest.first(std::min(rest.size(), kBatch));
    rest = rest.subspan(batch.size());
    absl::StatusOr<int> count = EraseReadable({batch.begin(), batch.end()}, deadline);
    if (!count.ok()) return count.status();
    erased += *count;
  }
  if (erased > 0)
    logging::Warning("people that a backup brought back are erased again", {{"intakes", erased}});
  // Whom the rest of the ledger names is not forgotten yet.
  if (!read.ok()) return read;
  return erased;
}

absl::StatusOr<int> Eraser::EraseReadable(const std::vector<std::string>& intake_ids,
                                          db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kNotErased, {db::Param::Array("ids", intake_ids)}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> readable;
  for (const db::Row& row : *rows) readable.push_back(row.Text(0));
  return readable.empty() ? 0 : EraseAll(readable, "ledger", deadline);
}

}  // namespace fsft::intake
