#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/stripe_event.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// Which of Stripe's events to list. They are kept for thirty days.
struct EventQuery {
  // When they happened; `until` is the first moment that does not count.
  time::TimePoint from;
  time::TimePoint until;
  // Up to twenty; empty: all.
  std::vector<std::string> types = {};
  // The page's `last_id`, to go on after it; empty for the first page.
  std::string starting_after = "";
  // 1 to 100.
  int limit = 100;
};

struct EventPage {
  // Their source is "list".
  std::vector<StripeEvent> events = {};
  bool has_more = false;
  std::string last_id = "";
};

// UNAVAILABLE when the text is no page of GET /v1/events.
absl::StatusOr<EventPage> ReadEventPage(const std::string& body);

}  // namespace fsft::payment
