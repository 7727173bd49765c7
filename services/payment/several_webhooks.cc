#include "services/payment/several_webhooks.h"

#include <vector>

#include "shared/logging/context.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

using fightsftickets::payment::v1::HandledStripeWebhook;
using fightsftickets::payment::v1::HandleStripeWebhookRequest;
using fightsftickets::payment::v1::HandleStripeWebhookResponse;
using fightsftickets::payment::v1::HandleStripeWebhooksRequest;
using fightsftickets::payment::v1::HandleStripeWebhooksResponse;
using fightsftickets::payment::v1::WebhookOutcome;

constexpr int kMost = 100;

}  // namespace

void ToMessage(const TakenEvent& taken, HandleStripeWebhookResponse& message) {
  message.set_payment_id(taken.payment_id);
  message.set_event_type(taken.type);
  message.set_outcome(words::EnumOf<WebhookOutcome>(taken.outcome));
}

absl::Status TakeSeveral(Webhooks& webhooks, const HandleStripeWebhooksRequest& request,
                         rpc::Deadline deadline, HandleStripeWebhooksResponse& response) {
  if (request.webhooks_size() > kMost) {
    return rpc::InvalidFields({rpc::Violation("webhooks", "too_many", "must be 100 at most")});
  }
  std::vector<SignedPayload> payloads;
  for (const HandleStripeWebhookRequest& webhook : request.webhooks()) {
    payloads.push_back({webhook.payload(), webhook.signature()});
  }
  const auto all = webhooks.TakeTogether(payloads, deadline);
  if (!all.ok()) return all.status();
  for (const std::optional<TakenEvent>& taken : *all) {
    HandledStripeWebhook& answer = *response.add_webhooks();
    if (!taken) continue;
    ToMessage(*taken, *answer.mutable_taken());
    if (all->size() == 1) logging::SetPaymentId(taken->payment_id);
  }
  return absl::OkStatus();
}

}  // namespace fsft::payment
