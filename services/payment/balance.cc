#include "services/payment/balance.h"

#include "services/payment/balance_sql.h"
#include "shared/ids/uuid.h"

namespace fsft::payment {

namespace {

std::string_view RefundStateOf(std::string_view status) {
  if (status == "succeeded") return "succeeded";
  return status == "failed" || status == "canceled" ? "failed" : "submitted";
}

std::string_view HoldWord(std::optional<bool> hold) {
  if (!hold) return "";
  return *hold ? "true" : "false";
}

}  // namespace

absl::StatusOr<bool> LockPayment(db::Transaction& transaction, std::string_view payment_id) {
  absl::StatusOr<std::optional<db::Row>> row =
      transaction.RunOne(sql::kLockPayment, {{"payment_id", payment_id}});
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<std::optional<std::string>> Balance(db::Transaction& transaction,
                                                   std::string_view payment_id,
                                                   const BalanceChange& change) {
  absl::StatusOr<std::optional<db::Row>> row =
      transaction.RunOne(sql::kBalance, {{"payment_id", payment_id},
                                         db::Param::TextOrNull("hold", HoldWord(change.hold)),
                                         db::Param::TextOrNull("state", change.state),
                                         {"always", change.always},
                                         {"actor", change.actor},
                                         {"action", change.action},
                                         {"reason", change.reason}});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Text(0);
}

absl::StatusOr<std::optional<std::string>> TakeRefundNews(db::Transaction& transaction,
                                                          std::string_view payment_id,
                                                          const RefundNews& news) {
  const std::string_view state = RefundStateOf(news.status);
  absl::StatusOr<std::optional<db::Row>> seen = transaction.RunOne(
      sql::kSeeRefund, {{"payment_id", payment_id},
                        {"stripe_refund_id", news.stripe_refund_id},
                        db::Param::TextOrNull("refund_id", news.refund_id),
                        {"new_refund_id", ids::NewUuidV7(news.at)},
                        {"state", state},
                        {"amount", news.amount_cents},
                        {"failure", news.failure.empty() ? news.status : news.failure}});
  if (!seen.ok()) return seen.status();
  if (!seen->has_value()) return std::nullopt;
  BalanceChange change{.actor = "stripe", .action = "refund", .reason = state, .always = true};
  // Nobody has asked for the letter instead of the money.
  if (state == "failed" && !(*seen)->Bool(1)) change.hold = true;
  return Balance(transaction, payment_id, change);
}

}  // namespace fsft::payment
