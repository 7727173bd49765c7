#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/payment/stripe_event.h"
#include "shared/db/database.h"

namespace fsft::payment {

// What became of a webhook, in the words of payment.stripe_events.outcome: "processed",
// "duplicate", "unmatched", "ignored" or "rejected".
using EventOutcome = std::string;

// Stripe's events and what they do to payments. Thread-safe. Errors are those of
// shared/db/errors.h.
class EventStore {
 public:
  explicit EventStore(db::Database& database) : database_(database) {}

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

 private:
  db::Database& database_;
};

}  // namespace fsft::payment
