#include "services/fulfillment/tracking/lob_webhooks.h"

#include <algorithm>
#include <chrono>

#include "services/fulfillment/lob/lob_signature.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {

LobWebhooks::LobWebhooks(Tracker& tracker, const time::Clock& clock, metrics::Registry& registry,
                         std::function<std::vector<config::Secret>()> secrets)
    : tracker_(tracker),
      clock_(clock),
      secrets_(std::move(secrets)),
      failures_(registry, "lob_webhook_failures_total", "Webhooks of Lob's that were not taken"),
      delay_(registry.AddHistogram("lob_event_delay_seconds",
                                   "From Lob's event to the commit of its webhook.", {},
                                   metrics::DelayBuckets())) {}

absl::StatusOr<TakenWebhook> LobWebhooks::Take(const LobWebhook& webhook, rpc::Deadline deadline) {
  absl::StatusOr<TakenWebhook> taken = TryToTake(webhook, deadline);
  if (!taken.ok()) failures_.Add(rpc::DetailOf(taken.status()).reason(), clock_.Now());
  return taken;
}

absl::StatusOr<TakenWebhook> LobWebhooks::TryToTake(const LobWebhook& webhook,
                                                    rpc::Deadline deadline) {
  if (absl::Status status = VerifyLobSignature(webhook.payload, webhook.signature,
                                               webhook.timestamp, secrets_(), clock_.Now());
      !status.ok()) {
    return status;
  }
  const absl::StatusOr<LobEvent> event = ParseLobEvent(webhook.payload);
  if (!event.ok()) return event.status();
  absl::StatusOr<TakenNews> taken = tracker_.Take(*event, deadline);
  if (!taken.ok()) return taken.status();
  // Another clock than ours may be ahead of it.
  delay_.Observe(
      std::max(0.0, std::chrono::duration<double>(clock_.Now() - event->created).count()));
  const std::string& named = event->news.payment_id;
  return TakenWebhook{.type = event->type,
                      .outcome = std::move(taken->outcome),
                      .payment_id = taken->payment_id.empty() ? named : taken->payment_id};
}

}  // namespace fsft::fulfillment
