#pragma once

#include "absl/status/status.h"
#include "fightsftickets/payment/v1/payments.pb.h"
#include "services/payment/webhooks.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

void ToMessage(const TakenEvent& taken,
               fightsftickets::payment::v1::HandleStripeWebhookResponse& message);

// PaymentsService.HandleStripeWebhooks.
absl::Status TakeSeveral(Webhooks& webhooks,
                         const fightsftickets::payment::v1::HandleStripeWebhooksRequest& request,
                         rpc::Deadline deadline,
                         fightsftickets::payment::v1::HandleStripeWebhooksResponse& response);

}  // namespace fsft::payment
