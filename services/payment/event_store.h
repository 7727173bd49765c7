#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/stripe_event.h"
#include "shared/db/database.h"

namespace fsft::payment {

// What became of a webhook, in the words of payment.stripe_events.outcome: "processed",
// "duplicate", "unmatched", "ignored" or "rejected".
using EventOutcome = std::string;

struct AppliedEvent {
  EventOutcome outcome;
  // Of the payment that it moved, if it did.
  std::string payment_id = {};
  std::string state = {};
  // Others have come before, and may find their payment now.
  bool others_wait = false;
};

// Stripe's events and what they do to payments. Thread-safe. Errors are those of
// shared/db/errors.h.
class EventStore {
 public:
  explicit EventStore(db::Database& database) : database_(database) {}

  // Stores the event and does to its payment what it says: pending becomes paid, expired or failed.
  // Money that does not fit (the amount, the currency, the payment's state, another paid session of
  // the same draft) moves it to review. One statement, one commit; a repeated event changes nothing.
  // `livemode` is ours: an event of the other one is stored and moves nothing.
  absl::StatusOr<AppliedEvent> Apply(const StripeEvent& event, bool livemode,
                                     db::Deadline deadline);
  // What was stored as unmatched and may be of this payment.
  absl::StatusOr<std::vector<StripeEvent>> Unmatched(std::string_view payment_id,
                                                     std::string_view session_id,
                                                     db::Deadline deadline);
  // Stores an event that moves nothing.
  absl::StatusOr<EventOutcome> RecordEvent(const StripeEvent& event, bool livemode,
                                           db::Deadline deadline);
  // Seconds since the newest event; nothing when there is none.
  absl::StatusOr<std::optional<int64_t>> LastEventAge(db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::payment
