#include "services/fulfillment/tracking/lob_webhooks.h"

#include "services/fulfillment/lob/lob_signature.h"

namespace fsft::fulfillment {

absl::StatusOr<TakenWebhook> LobWebhooks::Take(const LobWebhook& webhook, rpc::Deadline deadline) {
  absl::StatusOr<TakenWebhook> taken = TryToTake(webhook, deadline);
  if (!taken.ok()) failures_.Add(clock_.Now());
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
  return TakenWebhook{.type = event->type, .outcome = std::move(taken)->outcome};
}

}  // namespace fsft::fulfillment
