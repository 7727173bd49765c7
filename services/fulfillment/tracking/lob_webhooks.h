#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/fulfillment/tracking/tracker.h"
#include "shared/config/secret.h"
#include "shared/metrics/metrics.h"
#include "shared/metrics/webhook_failures.h"
#include "shared/time/clock.h"

namespace fsft::fulfillment {

// A webhook of Lob's as it came.
struct LobWebhook {
  std::string_view payload;
  std::string_view signature;
  std::string_view timestamp;
};

struct TakenWebhook {
  std::string type;
  // As of TakenNews.
  std::string outcome;
  // The payment that the event names or whose letter it has moved; empty when neither.
  std::string payment_id;
};

// Takes Lob's webhooks. Lob does not say whether an event is of the test or of the live mode; each
// has webhooks and secrets of its own, so the signature says it. Thread-safe.
class LobWebhooks {
 public:
  // The first three outlive it. `secrets` is asked for each webhook, because they may be replaced while we run.
  LobWebhooks(Tracker& tracker, const time::Clock& clock, metrics::Registry& registry,
              std::function<std::vector<config::Secret>()> secrets);

  // An answer means that the event's effect is committed. INVALID_ARGUMENT "invalid_signature" or
  // "malformed_event"; any other error means that nothing was stored, and Lob shall try again.
  absl::StatusOr<TakenWebhook> Take(const LobWebhook& webhook, rpc::Deadline deadline);

  // How many could not be taken, by this process.
  int64_t FailuresInLastHour() const { return failures_.InLastHour(clock_.Now()); }

 private:
  absl::StatusOr<TakenWebhook> TryToTake(const LobWebhook& webhook, rpc::Deadline deadline);

  Tracker& tracker_;
  const time::Clock& clock_;
  const std::function<std::vector<config::Secret>()> secrets_;
  metrics::WebhookFailures failures_;
  metrics::Histogram& delay_;
};

}  // namespace fsft::fulfillment
