#pragma once

#include "fightsftickets/payment/v1/payments.grpc.pb.h"
#include "services/payment/checkout.h"
#include "services/payment/circuit_breaker.h"
#include "services/payment/payment_store.h"
#include "services/payment/reconciler.h"
#include "services/payment/session_opener.h"
#include "services/payment/webhooks.h"
#include "shared/rpc/guard.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// payment.v1.PaymentsService: checkout, the order's state, and Stripe's webhooks.
class PaymentsHandler final : public fightsftickets::payment::v1::PaymentsService::Service {
 public:
  struct Options {
    CheckoutTerms terms;
    // Whether our Stripe key moves real money.
    bool livemode = false;
  };
  // What it hands the work to. All outlive it.
  struct Parts {
    PaymentStore& payments;
    EventStore& events;
    SessionOpener& sessions;
    Webhooks& webhooks;
    Reconciler& reconciler;
    CircuitBreaker& breaker;
  };

  PaymentsHandler(rpc::GuardEnvironment& guards, const Parts& parts, const time::Clock& clock,
                  Options options);

  grpc::Status CreateCheckout(
      grpc::ServerContext* context,
      const fightsftickets::payment::v1::CreateCheckoutRequest* request,
      fightsftickets::payment::v1::CreateCheckoutResponse* response) override;
  grpc::Status EndCheckout(grpc::ServerContext* context,
                           const fightsftickets::payment::v1::EndCheckoutRequest* request,
                           fightsftickets::payment::v1::EndCheckoutResponse* response) override;
  grpc::Status GetOrder(grpc::ServerContext* context,
                        const fightsftickets::payment::v1::GetOrderRequest* request,
                        fightsftickets::payment::v1::GetOrderResponse* response) override;
  grpc::Status GetOrders(grpc::ServerContext* context,
                         const fightsftickets::payment::v1::GetOrdersRequest* request,
                         fightsftickets::payment::v1::GetOrdersResponse* response) override;
  grpc::Status HandleStripeWebhook(
      grpc::ServerContext* context,
      const fightsftickets::payment::v1::HandleStripeWebhookRequest* request,
      fightsftickets::payment::v1::HandleStripeWebhookResponse* response) override;
  grpc::Status HandleStripeWebhooks(
      grpc::ServerContext* context,
      const fightsftickets::payment::v1::HandleStripeWebhooksRequest* request,
      fightsftickets::payment::v1::HandleStripeWebhooksResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context,
                         const fightsftickets::payment::v1::GetStatusRequest* request,
                         fightsftickets::payment::v1::GetStatusResponse* response) override;

 private:
  absl::StatusOr<std::optional<Order>> FindBySession(const std::string& session_id,
                                                     rpc::Deadline deadline);
  absl::StatusOr<std::optional<Order>> Find(
      const fightsftickets::payment::v1::GetOrderRequest& request, rpc::Deadline deadline);

  rpc::ServiceGuard guard_;
  const Parts parts_;
  const time::Clock& clock_;
  const Options options_;
};

}  // namespace fsft::payment
