#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/event_store.h"
#include "services/payment/recent_count.h"
#include "shared/config/secret.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

struct TakenEvent {
  std::string type;
  EventOutcome outcome;
};

// Takes Stripe's webhooks as they come. Thread-safe.
class Webhooks {
 public:
  struct Options {
    std::vector<config::Secret> secrets;
    // Whether our Stripe key moves real money.
    bool livemode = false;
  };

  // The store and the clock outlive it.
  Webhooks(EventStore& store, const time::Clock& clock, Options options);

  // An answer means that the event's effect is committed. INVALID_ARGUMENT "invalid_signature" or
  // "malformed_event"; any other error means that nothing was stored, and Stripe shall try again.
  absl::StatusOr<TakenEvent> Take(std::string_view payload, std::string_view signature,
                                  rpc::Deadline deadline);

  // How many could not be taken, by this process.
  int64_t FailuresInLastHour() const;

 private:
  absl::StatusOr<TakenEvent> Apply(std::string_view payload, std::string_view signature,
                                   rpc::Deadline deadline);

  EventStore& store_;
  const time::Clock& clock_;
  const Options options_;
  RecentCount failures_;
};

}  // namespace fsft::payment
