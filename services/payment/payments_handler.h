#pragma once

#include <functional>
#include <vector>

#include "fightsftickets/payment/v1/payments.grpc.pb.h"
#include "services/payment/checkout.h"
#include "services/payment/payment_store.h"
#include "services/payment/recent_count.h"
#include "services/payment/stripe_client.h"
#include "shared/rpc/guard.h"

namespace fsft::payment {

// payment.v1.PaymentsService: checkout, the order's state, and Stripe's webhooks.
class PaymentsHandler final : public fightsftickets::payment::v1::PaymentsService::Service {
 public:
  struct Options {
    CheckoutTerms terms;
    std::vector<config::Secret> webhook_secrets;
    // Whether our Stripe key moves real money.
    bool livemode = false;
    // Called after a commit that put something into the outbox.
    std::function<void()> wake_relay;
  };

  // Everything but the options outlives the handler.
  PaymentsHandler(rpc::GuardEnvironment& guards, PaymentStore& store, const StripeClient& stripe,
                  const time::Clock& clock, Options options);

  grpc::Status CreateCheckout(
      grpc::ServerContext* context,
      const fightsftickets::payment::v1::CreateCheckoutRequest* request,
      fightsftickets::payment::v1::CreateCheckoutResponse* response) override;
  grpc::Status GetOrder(grpc::ServerContext* context,
                        const fightsftickets::payment::v1::GetOrderRequest* request,
                        fightsftickets::payment::v1::GetOrderResponse* response) override;
  grpc::Status HandleStripeWebhook(
      grpc::ServerContext* context,
      const fightsftickets::payment::v1::HandleStripeWebhookRequest* request,
      fightsftickets::payment::v1::HandleStripeWebhookResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context,
                         const fightsftickets::payment::v1::GetStatusRequest* request,
                         fightsftickets::payment::v1::GetStatusResponse* response) override;

 private:
  absl::StatusOr<OpenPayment> OpenWithSession(const NewPayment& wanted, rpc::Deadline deadline);
  absl::StatusOr<EventOutcome> TakeEvent(
      const fightsftickets::payment::v1::HandleStripeWebhookRequest& request,
      rpc::Deadline deadline, std::string& event_type);

  rpc::ServiceGuard guard_;
  PaymentStore& store_;
  const StripeClient& stripe_;
  const time::Clock& clock_;
  const Options options_;
  RecentCount webhook_failures_;
};

}  // namespace fsft::payment
