#pragma once

#include "fightsftickets/payment/v1/payments.grpc.pb.h"
#include "shared/rpc/client.h"
#include "shared/work/gathering.h"

namespace fsft::gateway {

namespace payment = fightsftickets::payment::v1;

// Stripe's webhooks on their way to payment: those that come together go together. They travel under
// the request id of one of them. Thread-safe.
class StripeWebhooks {
 public:
  // `payments` outlives it.
  explicit StripeWebhooks(const rpc::Client<payment::PaymentsService>& payments);

  // As PaymentsService.HandleStripeWebhook. Blocks until `deadline`, or the latest deadline of those
  // it went with.
  absl::StatusOr<payment::HandleStripeWebhookResponse> Handle(
      const payment::HandleStripeWebhookRequest& request, rpc::Deadline deadline);

 private:
  absl::StatusOr<payment::HandleStripeWebhookResponse> HandleAlone(
      const payment::HandleStripeWebhookRequest& request, rpc::Deadline deadline);

  const rpc::Client<payment::PaymentsService>& payments_;
  work::Gathering<payment::HandleStripeWebhookRequest, payment::HandledStripeWebhook> gathering_;
};

}  // namespace fsft::gateway
