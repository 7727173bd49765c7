// Stripe's and Lob's webhooks, and what an operator does when a letter did not go out.
#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/order_ids.h"
#include "gateway/probe.h"
#include "gateway/words.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

// Fulfillment knows an order only after it was paid, so these are answered from payment's state.
absl::Status RefuseUnpaid(payment::PaymentState state) {
  const auto refuse = [](std::string_view reason, std::string_view message) {
    return rpc::Error(absl::StatusCode::kFailedPrecondition, reason, message);
  };
  switch (state) {
    case payment::PAYMENT_STATE_PENDING:
      return refuse("pending", "The order is not paid yet.");
    case payment::PAYMENT_STATE_EXPIRED:
      return refuse("expired", "The order was never paid.");
    case payment::PAYMENT_STATE_FAILED:
      return refuse("failed", "The order's payment failed.");
    case payment::PAYMENT_STATE_REVIEW:
      return refuse("in_review", "The order's payment is in review.");
    default:
      return absl::OkStatus();
  }
}

std::string_view RetryStatus(fulfillment::RetryOutcome outcome) {
  switch (outcome) {
    case fulfillment::RETRY_OUTCOME_QUEUED:
      return "queued";
    case fulfillment::RETRY_OUTCOME_ALREADY_FULFILLED:
      return "already_fulfilled";
    default:
      return "in_progress";
  }
}

http::Response RetryResponse(const payment::GetOrderResponse& order,
                             fulfillment::RetryOutcome outcome,
                             fightsftickets::common::v1::DeliveryState state) {
  return JsonResponse({{"status", RetryStatus(outcome)},
                       {"state", DeliveryStateName(state)},
                       {"payment_id", order.payment_id()}});
}

// Null while fulfillment cannot be reached.
nlohmann::ordered_json LobHealth(const Snapshot& now) {
  if (!now.fulfillment_status) return nullptr;
  return {{"last_event_age_seconds", now.LastPrinterEventAge()},
          {"failures_last_hour", now.fulfillment_status->webhook_failures_last_hour()}};
}

}  // namespace

// The bytes and the signature go on as they came. 2xx means that the effect is committed; every
// failure of ours is a 5xx, so that Stripe delivers again.
absl::StatusOr<http::Response> TakeStripeWebhook(const Services& services, const Call& call) {
  payment::HandleStripeWebhookRequest request;
  request.set_payload(call.request.body);
  request.set_signature(std::string(call.request.Find("Stripe-Signature")));
  const auto taken = services.backend.HandleStripeWebhook(request, call.deadline);
  if (!taken.ok()) return taken.status();
  return JsonResponse(
      {{"status", WebhookStatus(taken->outcome())}, {"event_type", taken->event_type()}});
}

// The same for Lob, whose signature has two headers.
absl::StatusOr<http::Response> TakeLobWebhook(const Services& services, const Call& call) {
  fulfillment::HandleLobWebhookRequest request;
  request.set_payload(call.request.body);
  request.set_signature(std::string(call.request.Find("Lob-Signature")));
  request.set_timestamp(std::string(call.request.Find("Lob-Signature-Timestamp")));
  const auto taken = services.backend.HandleLobWebhook(request, call.deadline);
  if (!taken.ok()) return taken.status();
  return JsonResponse(
      {{"status", WebhookStatus(taken->outcome())}, {"event_type", taken->event_type()}});
}

// The fields beside "lob" are Stripe's.
absl::StatusOr<http::Response> GetWebhookHealth(const Services& services, const Call&) {
  const Snapshot now = services.probe.Latest();
  if (!now.payment_status) {
    return rpc::Error(absl::StatusCode::kUnavailable, "payment_unavailable");
  }
  const auto failures = now.payment_status->webhook_failures_last_hour();
  const nlohmann::ordered_json lob = LobHealth(now);
  const bool well = failures == 0 && !lob.is_null() && lob["failures_last_hour"] == 0;
  return JsonResponse({{"status", well ? "ok" : "degraded"},
                       {"last_event_age_seconds", now.LastEventAge()},
                       {"failures_last_hour", failures},
                       {"lob", lob}});
}

absl::StatusOr<http::Response> RetryFulfillment(const Services& services, const Call& call) {
  const auto order = OrderOfSession(services, call);
  if (!order.ok()) return order.status();
  if (absl::Status status = RefuseUnpaid(order->payment_state()); !status.ok()) return status;

  fulfillment::RetryRequest request;
  request.set_payment_id(order->payment_id());
  request.set_actor(std::string(call.operator_name));
  const auto retried = services.backend.Retry(request, call.deadline);
  // Paid, and not yet told to fulfillment: payment's outbox is going to, so there is nothing to
  // retry.
  if (absl::IsNotFound(retried.status())) {
    return RetryResponse(*order, fulfillment::RETRY_OUTCOME_IN_PROGRESS, order->delivery_state());
  }
  if (!retried.ok()) return retried.status();
  return RetryResponse(*order, retried->outcome(), retried->state());
}

}  // namespace fsft::gateway
