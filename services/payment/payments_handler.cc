#include "services/payment/payments_handler.h"

#include "services/payment/order_message.h"
#include "services/payment/several_orders.h"
#include "services/payment/several_webhooks.h"
#include "shared/ids/uuid.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

using fightsftickets::payment::v1::CreateCheckoutRequest;
using fightsftickets::payment::v1::CreateCheckoutResponse;
using fightsftickets::payment::v1::EndCheckoutRequest;
using fightsftickets::payment::v1::EndCheckoutResponse;
using fightsftickets::payment::v1::GetOrderRequest;
using fightsftickets::payment::v1::GetOrderResponse;
using fightsftickets::payment::v1::GetOrdersRequest;
using fightsftickets::payment::v1::GetOrdersResponse;
using fightsftickets::payment::v1::GetStatusRequest;
using fightsftickets::payment::v1::GetStatusResponse;
using fightsftickets::payment::v1::HandleStripeWebhookRequest;
using fightsftickets::payment::v1::HandleStripeWebhookResponse;
using fightsftickets::payment::v1::HandleStripeWebhooksRequest;
using fightsftickets::payment::v1::HandleStripeWebhooksResponse;
using fightsftickets::payment::v1::PaymentsService;

// What remains of the caller's time to read the order again when Stripe was asked.
constexpr std::chrono::milliseconds kReadMargin{500};

}  // namespace

PaymentsHandler::PaymentsHandler(rpc::GuardEnvironment& guards, const Parts& parts,
                                 const time::Clock& clock, Options options)
    : guard_(guards, PaymentsService::service_full_name(), {"gateway"}),
      parts_(parts),
      clock_(clock),
      options_(std::move(options)) {}

grpc::Status PaymentsHandler::CreateCheckout(grpc::ServerContext* context,
                                             const CreateCheckoutRequest* request,
                                             CreateCheckoutResponse* response) {
  return guard_.Run(*context, "CreateCheckout", rpc::WorkClass::kStripe,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<NewPayment> wanted =
                          PaymentFor(*request, options_.terms, ids::NewUuidV7(clock_.Now()));
                      if (!wanted.ok()) return wanted.status();
                      absl::StatusOr<OpenPayment> payment =
                          parts_.sessions.Open(*wanted, call.deadline);
                      if (!payment.ok()) return payment.status();
                      logging::SetPaymentId(payment->payment_id);
                      response->set_payment_id(payment->payment_id);
                      response->set_session_id(payment->session_id);
                      response->set_checkout_url(payment->checkout_url);
                      response->set_amount_cents(payment->amount_cents);
                      response->set_currency(payment->currency);
                      return absl::OkStatus();
                    });
}

grpc::Status PaymentsHandler::EndCheckout(grpc::ServerContext* context,
                                          const EndCheckoutRequest* request, EndCheckoutResponse*) {
  return guard_.Run(
      *context, "EndCheckout", rpc::WorkClass::kStripe,
      [&](const rpc::CallContext& call) -> absl::Status {
        if (!ids::IsUuid(request->intake_id())) {
          return rpc::InvalidFields({rpc::Violation("intake_id", "invalid", "must be a UUID")});
        }
        return parts_.sessions.EndAll(request->intake_id(), call.deadline);
      });
}

grpc::Status PaymentsHandler::GetOrder(grpc::ServerContext* context, const GetOrderRequest* request,
                                       GetOrderResponse* response) {
  return guard_.Run(*context, "GetOrder", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<std::optional<Order>> order = Find(*request, call.deadline);
                      if (!order.ok()) return order.status();
                      if (!order->has_value()) {
                        return rpc::Error(absl::StatusCode::kNotFound, "order_not_found",
                                          "there is no such order");
                      }
                      logging::SetPaymentId((*order)->payment_id);
                      ToMessage(**order, *response);
                      return absl::OkStatus();
                    });
}

absl::StatusOr<std::optional<Order>> PaymentsHandler::Find(const GetOrderRequest& request,
                                                           rpc::Deadline deadline) {
  if (request.has_session_id()) return FindBySession(request.session_id(), deadline);
  if (request.has_intake_id() && ids::IsUuid(request.intake_id())) {
    return parts_.payments.FindByIntake(request.intake_id(), deadline);
  }
  if (request.has_payment_id() && ids::IsUuid(request.payment_id())) {
    return parts_.payments.FindByPayment(request.payment_id(), deadline);
  }
  return std::nullopt;
}

grpc::Status PaymentsHandler::GetOrders(grpc::ServerContext* context,
                                        const GetOrdersRequest* request,
                                        GetOrdersResponse* response) {
  return guard_.Run(*context, "GetOrders", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return FindSeveral(parts_.payments, *request, call.deadline, *response);
                    });
}

// Who asks by the session has just come back from Stripe's page, at times before Stripe's webhook.
absl::StatusOr<std::optional<Order>> PaymentsHandler::FindBySession(const std::string& session_id,
                                                                    rpc::Deadline deadline) {
  absl::StatusOr<std::optional<Order>> order = parts_.payments.FindBySession(session_id, deadline);
  if (!order.ok() || !order->has_value() || !(*order)->may_be_checked) return order;
  if (!parts_.reconciler.CheckForReader((*order)->payment_id, deadline - kReadMargin)) return order;
  absl::StatusOr<std::optional<Order>> again = parts_.payments.FindBySession(session_id, deadline);
  return again.ok() ? again : order;
}

grpc::Status PaymentsHandler::HandleStripeWebhook(grpc::ServerContext* context,
                                                  const HandleStripeWebhookRequest* request,
                                                  HandleStripeWebhookResponse* response) {
  return guard_.Run(*context, "HandleStripeWebhook", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<TakenEvent> taken = parts_.webhooks.Take(
                          SignedPayload{request->payload(), request->signature()}, call.deadline);
                      if (!taken.ok()) return taken.status();
                      logging::SetPaymentId(taken->payment_id);
                      ToMessage(*taken, *response);
                      return absl::OkStatus();
                    });
}

grpc::Status PaymentsHandler::HandleStripeWebhooks(grpc::ServerContext* context,
                                                   const HandleStripeWebhooksRequest* request,
                                                   HandleStripeWebhooksResponse* response) {
  return guard_.Run(*context, "HandleStripeWebhooks", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return TakeSeveral(parts_.webhooks, *request, call.deadline, *response);
                    });
}

grpc::Status PaymentsHandler::GetStatus(grpc::ServerContext* context, const GetStatusRequest*,
                                        GetStatusResponse* response) {
  return guard_.Run(
      *context, "GetStatus", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        logging::BeRoutine();
        absl::StatusOr<std::optional<int64_t>> age = parts_.events.LastEventAge(call.deadline);
        if (!age.ok()) return age.status();
        if (age->has_value()) response->mutable_last_event_age()->set_seconds(**age);
        response->set_stripe_mode(parts_.breaker.IsOpen() ? "unavailable"
                                  : options_.livemode     ? "live"
                                                          : "test");
        response->set_webhook_failures_last_hour(parts_.webhooks.FailuresInLastHour());
        return absl::OkStatus();
      });
}

}  // namespace fsft::payment
