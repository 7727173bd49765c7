#include "services/payment/stripe_client.h"

#include <nlohmann/json.hpp>

#include "shared/logging/logging.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

using nlohmann::json;

// Pinned: an upgrade of the account must not change what we read.
constexpr char kApiVersion[] = "2026-10-28.endive";

using Form = std::vector<std::pair<std::string, std::string>>;

// The four ids, on the session and on its payment intent, so that charges and refunds carry them
// too.
void AddMetadata(const std::string& prefix, const OpenPayment& payment, Form& form) {
  form.emplace_back(prefix + "[payment_id]", payment.payment_id);
  form.emplace_back(prefix + "[intake_id]", payment.intake_id);
  form.emplace_back(prefix + "[draft_id]", payment.draft_id);
  form.emplace_back(prefix + "[v]", "1");
}

Form SessionForm(const OpenPayment& payment) {
  Form form = {
      {"mode", "payment"},
      // The dashboard's defaults would decide otherwise, and could change what arrives.
      {"allowed_payment_method_types[0]", "card"},
      {"adaptive_pricing[enabled]", "false"},
      {"line_items[0][quantity]", "1"},
      {"line_items[0][price_data][currency]", payment.currency},
      {"line_items[0][price_data][unit_amount]", std::to_string(payment.amount_cents)},
      {"line_items[0][price_data][product_data][name]", payment.product_name},
      {"success_url", payment.success_url},
      {"cancel_url", payment.cancel_url},
      {"client_reference_id", payment.payment_id},
      {"expires_at", std::to_string(time::UnixSeconds(payment.session_expires_at))},
  };
  AddMetadata("metadata", payment, form);
  AddMetadata("payment_intent_data[metadata]", payment, form);
  return form;
}

absl::Status Unavailable() {
  return rpc::Error(absl::StatusCode::kUnavailable, "stripe_unavailable",
                    "the payment provider did not answer; the order is kept");
}

bool MayBeRetried(int status) { return status == 409 || status == 429 || status >= 500; }

// Type and code are Stripe's own words; its message could repeat what we sent.
void LogRefusal(const http::Response& response) {
  const json body = json::parse(response.body, nullptr, false);
  const json error = body.is_object() ? body.value("error", json::object()) : json::object();
  const auto word = [&](const char* name) {
    return error.is_object() && error.contains(name) && error[name].is_string()
               ? error[name].get<std::string>()
               : std::string();
  };
  logging::Warning("stripe refused", {{"status", response.status},
                                      {"type", word("type")},
                                      {"code", word("code")},
                                      {"param", word("param")}});
}

absl::StatusOr<StripeSession> ReadSession(const std::string& body) {
  const json session = json::parse(body, nullptr, false);
  if (!session.is_object() || !session.contains("id") || !session["id"].is_string() ||
      !session.contains("url") || !session["url"].is_string()) {
    logging::Error("stripe answered with no session");
    return Unavailable();
  }
  return StripeSession{session["id"], session["url"]};
}

}  // namespace

StripeClient::StripeClient(const http::Client& http, std::string api_base,
                           config::Secret secret_key)
    : http_(http), api_base_(std::move(api_base)), secret_key_(std::move(secret_key)) {}

absl::StatusOr<StripeSession> StripeClient::CreateSession(const OpenPayment& payment,
                                                          std::chrono::milliseconds timeout) const {
  http::Request request;
  request.method = "POST";
  request.url = api_base_ + "/v1/checkout/sessions";
  request.headers = {{"Authorization", "Bearer " + secret_key_.Reveal()},
                     {"Stripe-Version", kApiVersion},
                     {"Idempotency-Key", payment.payment_id},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = http::FormEncode(SessionForm(payment));
  request.connect_timeout = std::chrono::seconds(2);
  request.total_timeout = timeout;

  absl::StatusOr<http::Response> response = http_.Send(request);
  if (!response.ok()) {
    logging::Warning("stripe not reached", {{"status", response.status().ToString()}});
    return Unavailable();
  }
  if (response->status / 100 == 2) return ReadSession(response->body);
  LogRefusal(*response);
  if (MayBeRetried(response->status)) return Unavailable();
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "stripe_refused",
                    "the payment provider refused the checkout; the order is kept");
}

}  // namespace fsft::payment
