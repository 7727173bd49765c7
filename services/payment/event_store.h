#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/applied_event.h"
#include "services/payment/stripe_event.h"
#include "shared/db/database.h"

namespace fsft::payment {

// Stripe's events and what they do to payments. Thread-safe. Errors are those of
// shared/db/errors.h.
class EventStore {
 public:
  explicit EventStore(db::Database& database) : database_(database) {}

  // Stores the event and does to its payment what it says: pending becomes paid, expired or failed;
  // what is given back and what is disputed is added up. Money that does not fit (the amount, the
  // currency, the payment's state, another paid session of the same draft) moves it to review. One
  // commit, and for the events of a session one statement; a repeated event changes nothing.
  // What changes nothing is stored only. `livemode` is ours: an event of the other one is stored and
  // moves nothing.
  absl::StatusOr<AppliedEvent> Apply(const StripeEvent& event, bool livemode,
                                     db::Deadline deadline);
  // The same with those of them that one statement can take, which are events of different checkout
  // sessions; answered in their order. Nothing for one that Apply is to be called with: another
  // kind of event, a second one of a payment, any of them if the statement fails for what may be the
  // fault of one. Null stands for nothing.
  absl::StatusOr<std::vector<std::optional<AppliedEvent>>> ApplyTogether(
      std::span<const StripeEvent* const> events, bool livemode, db::Deadline deadline);
  // What was stored as unmatched and may be of this payment, oldest first.
  absl::StatusOr<std::vector<StripeEvent>> Unmatched(std::string_view payment_id,
                                                     db::Deadline deadline);
  // Seconds since the newest event; nothing when there is none.
  absl::StatusOr<std::optional<int64_t>> LastEventAge(db::Deadline deadline);

 private:
  // None of them is of the same session or payment as another.
  absl::StatusOr<std::vector<AppliedEvent>> ApplyToSessions(
      std::span<const StripeEvent* const> events, bool livemode, db::Deadline deadline);
  absl::StatusOr<AppliedEvent> ApplyToSession(const StripeEvent& event, bool livemode,
                                              db::Deadline deadline);
  absl::StatusOr<AppliedEvent> Record(const StripeEvent& event, bool livemode,
                                      db::Deadline deadline);

  db::Database& database_;
};

}  // namespace fsft::payment
