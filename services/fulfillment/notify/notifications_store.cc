#include "services/fulfillment/notify/notifications_store.h"

#include <utility>

#include "services/fulfillment/notify/notifications_sql.h"

namespace fsft::fulfillment {
namespace {

// As make_interval takes them.
template <class Duration>
std::string Seconds(Duration duration) {
  return std::to_string(std::chrono::duration<double>(duration).count());
}

Notification NotificationOf(const db::Row& row) {
  return {.payment_id = row.Text(1),
          .kind = row.Text(2),
          .claim = row.Int64(3),
          .failures = static_cast<int>(row.Int64(4)),
          .is_too_old = row.Bool(5),
          .intake_id = row.Text(6),
          .version = row.Int64(7),
          .order_version = row.Int64(8),
          .facts = {.state = row.Text(9),
                    .want = row.Text(10),
                    .amount_cents = row.Int64(11),
                    .currency = row.Text(12),
                    .refunded_cents = row.Int64(13),
                    .tracking_number = row.TextOr(14),
                    .expected_delivery = row.TextOr(15)}};
}

absl::StatusOr<bool> IsWritten(const absl::StatusOr<std::optional<db::Row>>& row) {
  if (!row.ok()) return row.status();
  return row->has_value();
}

}  // namespace

absl::StatusOr<std::optional<Notification>> NotificationsStore::Claim(std::chrono::seconds lease,
                                                                      std::chrono::seconds news,
                                                                      db::Deadline deadline) {
  const work::ClaimWindow::Look look = window_.Begin();
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kClaimNotification,
                       {{"back", std::to_string(look.BackSeconds())},
                        {"lease", Seconds(lease)},
                        {"news", Seconds(news)}},
                       deadline);
  if (!row.ok()) return row.status();
  window_.End(look, std::chrono::milliseconds(row->has_value() ? (*row)->Int64(0) : 0));
  if (!row->has_value()) return std::nullopt;
  return NotificationOf(**row);
}

absl::StatusOr<bool> NotificationsStore::End(const Notification& notification,
                                             std::string_view state, std::string_view reason,
                                             db::Deadline deadline) {
  return IsWritten(database_.RunOne(sql::kEndNotification,
                                    {{"state", state},
                                     {"reason", reason},
                                     {"payment_id", notification.payment_id},
                                     {"kind", notification.kind},
                                     {"claim", notification.claim}},
                                    deadline));
}

absl::StatusOr<bool> NotificationsStore::PutOff(const Notification& notification,
                                                std::string_view reason,
                                                std::chrono::milliseconds pause,
                                                db::Deadline deadline) {
  return IsWritten(database_.RunOne(sql::kPutOffNotification,
                                    {{"reason", reason},
                                     {"pause", Seconds(pause)},
                                     {"payment_id", notification.payment_id},
                                     {"kind", notification.kind},
                                     {"claim", notification.claim}},
                                    deadline));
}

absl::StatusOr<bool> NotificationsStore::GiveBack(const Notification& notification,
                                                  db::Deadline deadline) {
  return IsWritten(database_.RunOne(sql::kGiveBackNotification,
                                    {{"payment_id", notification.payment_id},
                                     {"kind", notification.kind},
                                     {"claim", notification.claim}},
                                    deadline));
}

absl::StatusOr<bool> NotificationsStore::TakeBack(const Notification& notification,
                                                  db::Deadline deadline) {
  return IsWritten(database_.RunOne(sql::kTakeBackNotification,
                                    {{"payment_id", notification.payment_id},
                                     {"version", notification.version},
                                     {"order_version", notification.order_version},
                                     {"kind", notification.kind},
                                     {"claim", notification.claim}},
                                    deadline));
}

absl::StatusOr<std::vector<std::string>> NotificationsStore::SkipDue(int limit,
                                                                     db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kSkipNotifications, {{"limit", limit}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> kinds;
  for (const db::Row& row : *rows) kinds.push_back(row.Text(0));
  return kinds;
}

absl::StatusOr<std::chrono::seconds> NotificationsStore::AgeOfOldest(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kOldestNotification, {}, deadline);
  if (!row.ok()) return row.status();
  return std::chrono::seconds((*row)->IsNull(0) ? 0 : (*row)->Int64(0));
}

}  // namespace fsft::fulfillment
