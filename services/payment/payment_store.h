#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/payment.h"
#include "services/payment/stripe_event.h"
#include "shared/db/database.h"

namespace fsft::payment {

// What became of a webhook, in the words of payment.stripe_events.outcome: "processed",
// "duplicate", "unmatched", "ignored" or "rejected".
using EventOutcome = std::string;

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
};

// An order as intake needs it.
struct IntakeOrder {
  std::string intake_id;
  std::string payment_id;
  int64_t version = 0;
  std::string state;
  std::string delivery_state;
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
};

// All SQL of payment. Thread-safe. Errors are those of shared/db/errors.h where nothing else is
// said.
class PaymentStore {
 public:
  explicit PaymentStore(db::Database& database) : database_(database) {}

  // Opens a payment for a draft, or answers the one that decides about it: the paid one, the one in
  // review, or the open one. The result is on disk before Stripe hears of it. NOT_FOUND
  // "draft_not_found".
  absl::StatusOr<OpenPayment> Open(const NewPayment& payment, db::Deadline deadline);
  // Keeps Stripe's answer. It may be lost in a crash: asking Stripe again with the same key answers
  // the same session.
  absl::Status StoreSession(std::string_view payment_id, std::string_view session_id,
                            std::string_view checkout_url, db::Deadline deadline);

  // Nothing when there is no such order.
  absl::StatusOr<std::optional<Order>> FindByPayment(std::string_view payment_id,
                                                     db::Deadline deadline);
  absl::StatusOr<std::optional<Order>> FindBySession(std::string_view session_id,
                                                     db::Deadline deadline);

  // Money arrived: stores the event, and moves its payment to paid, or to review where the amount,
  // the currency, the payment's state or another paid session of the same draft does not fit. One
  // statement, one commit; a repeated event changes nothing. `livemode` is ours: an event of the
  // other one is stored and moves nothing.
  absl::StatusOr<EventOutcome> ApplyPaid(const StripeEvent& event, bool livemode,
                                         db::Deadline deadline);
  // Stores an event that moves nothing.
  absl::StatusOr<EventOutcome> RecordEvent(const StripeEvent& event, bool livemode,
                                           db::Deadline deadline);
  // Seconds since the newest event; nothing when there is none.
  absl::StatusOr<std::optional<int64_t>> LastEventAge(db::Deadline deadline);

  // For the relay: these orders as they stand now.
  absl::StatusOr<std::vector<WantedOrder>> WantedOrders(const std::vector<std::string>& payment_ids,
                                                        db::Deadline deadline);
  absl::StatusOr<std::vector<IntakeOrder>> IntakeOrders(const std::vector<std::string>& payment_ids,
                                                        db::Deadline deadline);

  // Takes the news that are newer than what is known; true when any was.
  absl::StatusOr<bool> PutDeliveries(const std::vector<DeliveryNews>& news, db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::payment
