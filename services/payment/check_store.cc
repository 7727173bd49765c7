#include "services/payment/check_store.h"

#include <algorithm>

#include "services/payment/check_sql.h"
#include "services/payment/open_payment_row.h"

namespace fsft::payment {

namespace {

constexpr size_t kClaimColumn = kOpenPaymentColumns, kChecksColumn = kOpenPaymentColumns + 1,
                 kLastColumn = kOpenPaymentColumns + 2;

ClaimedCheck ReadCheck(const db::Row& row) {
  return {.payment = ReadOpenPayment(row),
          .claim = row.Int64(kClaimColumn),
          .checks = static_cast<int>(row.Int64(kChecksColumn))};
}

std::vector<ClaimedCheck> ReadChecks(const db::Rows& rows) {
  std::vector<ClaimedCheck> checks;
  checks.reserve(rows.size());
  for (const db::Row& row : rows) checks.push_back(ReadCheck(row));
  return checks;
}

// How long the newest of a full batch has been due; zero when all that was due was taken.
std::chrono::milliseconds LateOf(const db::Rows& rows) {
  if (rows.size() < size_t{CheckStore::kBatch}) return std::chrono::milliseconds(0);
  int64_t late = rows.front().Int64(kLastColumn);
  for (const db::Row& row : rows) late = std::min(late, row.Int64(kLastColumn));
  return std::chrono::milliseconds(late);
}

}  // namespace

absl::StatusOr<std::vector<ClaimedCheck>> CheckStore::ClaimDue(db::Deadline deadline) {
  const work::ClaimWindow::Look look = window_.Begin();
  absl::StatusOr<db::Rows> rows = database_.Run(
      sql::kClaimDueChecks,
      {{"back", std::to_string(look.BackSeconds())}, {"lease", lease_.count()}}, deadline);
  if (!rows.ok()) return rows.status();
  window_.End(look, LateOf(*rows));
  return ReadChecks(*rows);
}

absl::StatusOr<std::vector<ClaimedCheck>> CheckStore::ClaimAll(Round& round,
                                                               db::Deadline deadline) {
  const db::Param since =
      round.began ? db::Param("since", *round.began) : db::Param("since", std::nullopt);
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kClaimAllChecks,
                    {{"age", round.min_age.count()}, since, {"lease", lease_.count()}}, deadline);
  if (!rows.ok()) return rows.status();
  if (!round.began && !rows->empty()) round.began = rows->front().Time(kLastColumn);
  return ReadChecks(*rows);
}

absl::StatusOr<std::optional<ClaimedCheck>> CheckStore::ClaimOne(std::string_view payment_id,
                                                                 std::chrono::seconds min_age,
                                                                 std::chrono::seconds apart,
                                                                 db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kClaimOneCheck,
                                                                {{"lease", lease_.count()},
                                                                 {"payment_id", payment_id},
                                                                 {"age", min_age.count()},
                                                                 {"apart", apart.count()}},
                                                                deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return ReadCheck(**row);
}

absl::StatusOr<bool> CheckStore::CheckLater(const ClaimedCheck& check,
                                            std::chrono::milliseconds pause, bool asked,
                                            db::Deadline deadline) {
  const absl::StatusOr<db::Rows> rows = PutOff({&check, 1}, pause, asked ? 1 : 0, deadline);
  if (!rows.ok()) return rows.status();
  return rows->size() == 1;
}

absl::Status CheckStore::GiveBack(std::span<const ClaimedCheck> checks,
                                  std::chrono::milliseconds pause, db::Deadline deadline) {
  return PutOff(checks, pause, /*counts=*/0, deadline).status();
}

absl::StatusOr<db::Rows> CheckStore::PutOff(std::span<const ClaimedCheck> checks,
                                            std::chrono::milliseconds pause, int counts,
                                            db::Deadline deadline) {
  std::vector<std::string> ids;
  std::vector<int64_t> claims;
  for (const ClaimedCheck& check : checks) {
    ids.push_back(check.payment.payment_id);
    claims.push_back(check.claim);
  }
  return database_.Run(sql::kCheckLater,
                       {{"counts", counts},
                        {"pause", std::to_string(std::chrono::duration<double>(pause).count())},
                        db::Param::Array("payment_ids", ids),
                        db::Param::Array("claims", claims)},
                       deadline);
}

absl::StatusOr<Arrears> CheckStore::Measure(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kArrears, {}, deadline);
  if (!row.ok()) return row.status();
  return Arrears{.overdue = (*row)->Int64(0), .cursor_age_seconds = (*row)->Int64(1)};
}

}  // namespace fsft::payment
