#pragma once

#include <string>

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

}  // namespace fsft::payment
