// Stripe's and Lob's webhooks.
#include <algorithm>
#include <string_view>

#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/probe.h"
#include "gateway/words.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

// Null while fulfillment cannot be reached.
nlohmann::ordered_json LobHealth(const Snapshot& now) {
  if (!now.fulfillment_status) return nullptr;
  return {{"last_event_age_seconds", now.LastPrinterEventAge()},
          {"failures_last_hour", now.fulfillment_status->webhook_failures_last_hour()}};
}

// A header with other characters is nobody's signature, and would not travel as text.
bool IsPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

absl::Status InvalidSignature() {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_signature",
                    "the signature has characters that none has");
}

}  // namespace

// The bytes and the signature go on as they came. 2xx means that the effect is committed; every
// failure of ours is a 5xx, so that Stripe delivers again.
absl::StatusOr<http::Response> TakeStripeWebhook(const Services& services, const Call& call) {
  payment::HandleStripeWebhookRequest request;
  request.set_payload(call.request.body);
  request.set_signature(std::string(call.request.Find("Stripe-Signature")));
  if (!IsPrintable(request.signature())) return InvalidSignature();
  const auto taken = services.backend.HandleStripeWebhook(request, call.deadline);
  if (!taken.ok()) return taken.status();
  logging::SetPaymentId(taken->payment_id());
  return JsonResponse(
      {{"status", WebhookStatus(taken->outcome())}, {"event_type", taken->event_type()}});
}

// The same for Lob, whose signature has two headers.
absl::StatusOr<http::Response> TakeLobWebhook(const Services& services, const Call& call) {
  fulfillment::HandleLobWebhookRequest request;
  request.set_payload(call.request.body);
  request.set_signature(std::string(call.request.Find("Lob-Signature")));
  request.set_timestamp(std::string(call.request.Find("Lob-Signature-Timestamp")));
  if (!IsPrintable(request.signature() + request.timestamp())) return InvalidSignature();
  const auto taken = services.backend.HandleLobWebhook(request, call.deadline);
  if (!taken.ok()) return taken.status();
  logging::SetPaymentId(taken->payment_id());
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

}  // namespace fsft::gateway
