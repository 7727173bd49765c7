#include "services/payment/payments_handler.h"

#include "services/payment/checkout.h"
#include "services/payment/order_message.h"
#include "services/payment/stripe_signature.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

using fightsftickets::payment::v1::CreateCheckoutRequest;
using fightsftickets::payment::v1::CreateCheckoutResponse;
using fightsftickets::payment::v1::GetOrderRequest;
using fightsftickets::payment::v1::GetOrderResponse;
using fightsftickets::payment::v1::GetStatusRequest;
using fightsftickets::payment::v1::GetStatusResponse;
using fightsftickets::payment::v1::HandleStripeWebhookRequest;
using fightsftickets::payment::v1::HandleStripeWebhookResponse;
using fightsftickets::payment::v1::PaymentsService;
using fightsftickets::payment::v1::WebhookOutcome;

// What is left of the caller's time for Stripe, with a margin to store its answer in.
constexpr std::chrono::milliseconds kStoreMargin{1000};
constexpr std::chrono::milliseconds kStripeTimeout{10000};

std::chrono::milliseconds StripeTimeout(rpc::Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(rpc::Remaining(deadline));
  return std::min(kStripeTimeout, left - kStoreMargin);
}

absl::Status WithIdsOf(absl::Status status, const OpenPayment& payment) {
  return rpc::WithIds(std::move(status), {{"payment_id", payment.payment_id},
                                          {"intake_id", payment.intake_id},
                                          {"draft_id", payment.draft_id}});
}

}  // namespace

PaymentsHandler::PaymentsHandler(rpc::GuardEnvironment& guards, PaymentStore& store,
                                 const StripeClient& stripe, const time::Clock& clock,
                                 Options options)
    : guard_(guards, PaymentsService::service_full_name(), {"gateway"}),
      store_(store),
      stripe_(stripe),
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
                      absl::StatusOr<OpenPayment> payment = OpenWithSession(*wanted, call.deadline);
                      if (!payment.ok()) return payment.status();
                      response->set_payment_id(payment->payment_id);
                      response->set_session_id(payment->session_id);
                      response->set_checkout_url(payment->checkout_url);
                      response->set_amount_cents(payment->amount_cents);
                      response->set_currency(payment->currency);
                      return absl::OkStatus();
                    });
}

// Database first: the payment is on disk before Stripe hears of it, and no connection is held while
// Stripe thinks. A crash or a time-out in between leaves a payment without a session, which a
// repeat finishes.
absl::StatusOr<OpenPayment> PaymentsHandler::OpenWithSession(const NewPayment& wanted,
                                                             rpc::Deadline deadline) {
  absl::StatusOr<OpenPayment> payment = store_.Open(wanted, deadline);
  if (!payment.ok()) return payment.status();
  if (absl::Status status = MayBePaid(*payment); !status.ok()) {
    return WithIdsOf(std::move(status), *payment);
  }
  if (!payment->session_id.empty()) return payment;

  absl::StatusOr<StripeSession> session = stripe_.CreateSession(*payment, StripeTimeout(deadline));
  if (!session.ok()) return WithIdsOf(session.status(), *payment);
  absl::Status stored =
      store_.StoreSession(payment->payment_id, session->id, session->url, deadline);
  if (!stored.ok()) return stored;
  payment->session_id = session->id;
  payment->checkout_url = session->url;
  return payment;
}

grpc::Status PaymentsHandler::GetOrder(grpc::ServerContext* context, const GetOrderRequest* request,
                                       GetOrderResponse* response) {
  return guard_.Run(*context, "GetOrder", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<std::optional<Order>> order = std::nullopt;
                      if (request->has_session_id()) {
                        order = store_.FindBySession(request->session_id(), call.deadline);
                      } else if (ids::IsUuid(request->payment_id())) {
                        order = store_.FindByPayment(request->payment_id(), call.deadline);
                      }
                      if (!order.ok()) return order.status();
                      if (!order->has_value()) {
                        return rpc::Error(absl::StatusCode::kNotFound, "order_not_found",
                                          "there is no such order");
                      }
                      ToMessage(**order, *response);
                      return absl::OkStatus();
                    });
}

grpc::Status PaymentsHandler::HandleStripeWebhook(grpc::ServerContext* context,
                                                  const HandleStripeWebhookRequest* request,
                                                  HandleStripeWebhookResponse* response) {
  return guard_.Run(*context, "HandleStripeWebhook", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<EventOutcome> outcome =
                          TakeEvent(*request, call.deadline, *response->mutable_event_type());
                      if (!outcome.ok()) {
                        webhook_failures_.Add(clock_.Now());
                        return outcome.status();
                      }
                      if (*outcome == "processed" && options_.wake_relay) options_.wake_relay();
                      response->set_outcome(words::EnumOf<WebhookOutcome>(*outcome));
                      return absl::OkStatus();
                    });
}

absl::StatusOr<EventOutcome> PaymentsHandler::TakeEvent(const HandleStripeWebhookRequest& request,
                                                        rpc::Deadline deadline,
                                                        std::string& event_type) {
  if (absl::Status status = VerifyStripeSignature(request.payload(), request.signature(),
                                                  options_.webhook_secrets, clock_.Now());
      !status.ok()) {
    return status;
  }
  absl::StatusOr<StripeEvent> event = ParseStripeEvent(request.payload());
  if (!event.ok()) return event.status();
  event_type = event->type;
  return event->SessionPaid() ? store_.ApplyPaid(*event, options_.livemode, deadline)
                              : store_.RecordEvent(*event, options_.livemode, deadline);
}

grpc::Status PaymentsHandler::GetStatus(grpc::ServerContext* context, const GetStatusRequest*,
                                        GetStatusResponse* response) {
  return guard_.Run(
      *context, "GetStatus", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        absl::StatusOr<std::optional<int64_t>> age = store_.LastEventAge(call.deadline);
        if (!age.ok()) return age.status();
        if (age->has_value()) response->mutable_last_event_age()->set_seconds(**age);
        response->set_stripe_mode(options_.livemode ? "live" : "test");
        response->set_webhook_failures_last_hour(webhook_failures_.InLastHour(clock_.Now()));
        return absl::OkStatus();
      });
}

}  // namespace fsft::payment
