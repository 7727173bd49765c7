#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/payment.h"
#include "shared/db/database.h"

namespace fsft::payment {

// An order as fulfillment needs it.
struct WantedOrder {
  std::string payment_id;
  int64_t version = 0;
  std::string want;
  std::string intake_id;
  std::string draft_id;
  std::string content_sha256;
  std::string appeal_type;
  std::optional<time::TimePoint> paid_at;
  // What the customer is written to about.
  int64_t amount_cents = 0;
  std::string currency;
  int64_t refunded_cents = 0;
  // Whether the money is real; nothing where there is no session to tell.
  std::optional<bool> livemode{};
};

// An intake's order as intake needs it.
struct IntakeOrder {
  std::string intake_id;
  // Of its payments the one that counts.
  std::string payment_id;
  // Of all of them together.
  int64_t version = 0;
  std::string state;
  std::string delivery_state;
  // From when on it is history.
  std::optional<time::TimePoint> final_at = {};
};

struct MovedDeliveries {
  int64_t moved = 0;
  // Of them, those of which it is the first news that they are in the mail.
  int64_t mailed = 0;
};

// News of a letter, as fulfillment tells it.
struct DeliveryNews {
  std::string payment_id;
  int64_t version = 0;
  std::string state;
  std::string letter_id = {};
  std::string tracking_number = {};
  std::string expected_delivery = {};
  std::optional<time::TimePoint> mailed_at = {};
  std::optional<time::TimePoint> delivered_at = {};
  std::optional<time::TimePoint> returned_at = {};
};

// The order's read model: what others are told of it, and what fulfillment tells. Thread-safe.
// Errors are those of shared/db/errors.h.
class PaymentStore {
 public:
  explicit PaymentStore(db::Database& database) : database_(database) {}

  // Nothing when there is no such order.
  absl::StatusOr<std::optional<Order>> FindByPayment(std::string_view payment_id,
                                                     db::Deadline deadline);
  absl::StatusOr<std::optional<Order>> FindBySession(std::string_view session_id,
                                                     db::Deadline deadline);
  // Those that there are, in any order.
  absl::StatusOr<std::vector<Order>> FindByPayments(const std::vector<std::string>& payment_ids,
                                                    db::Deadline deadline);
  absl::StatusOr<std::vector<Order>> FindBySessions(const std::vector<std::string>& session_ids,
                                                    db::Deadline deadline);
  // Of an intake the one that counts: a paid one before a newer one.
  absl::StatusOr<std::optional<Order>> FindByIntake(std::string_view intake_id,
                                                    db::Deadline deadline);

  // For the relay: these orders as they stand now.
  absl::StatusOr<std::vector<WantedOrder>> WantedOrders(const std::vector<std::string>& payment_ids,
                                                        db::Deadline deadline);
  absl::StatusOr<std::vector<IntakeOrder>> IntakeOrders(const std::vector<std::string>& payment_ids,
                                                        db::Deadline deadline);

  // Takes the news that are newer than what is known; answers how many were.
  absl::StatusOr<MovedDeliveries> PutDeliveries(const std::vector<DeliveryNews>& news,
                                                db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::payment
