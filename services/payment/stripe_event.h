#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// What we take from a Stripe event: ids and amounts. Whatever else is in it (the payer's name,
// email and address) is left where it is.
struct StripeEvent {
  std::string id;
  std::string type;
  time::TimePoint created;
  bool livemode = false;

  // Of the checkout session or the charge that the event is about; empty or zero where it has none.
  std::string session_id;
  std::string payment_intent;
  std::string customer;
  std::string payment_status;
  // What a session costs, or what of a charge has been given back altogether.
  int64_t amount_cents = 0;
  std::string currency;
  // From our metadata; empty when the object is not ours.
  std::string payment_id;

  // What it does to its payment: "paid" when money has arrived, "expired" or "failed" when none will,
  // "refunded" when some has gone back; empty for an event that changes nothing.
  std::string_view Effect() const;
};

// INVALID_ARGUMENT "malformed_event" when it is no JSON or lacks what every event has. Call it on
// verified bytes only.
absl::StatusOr<StripeEvent> ParseStripeEvent(std::string_view payload);

}  // namespace fsft::payment
