#include "services/payment/stripe_client.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

// Pinned: an upgrade of the account must not change what we read.
constexpr char kApiVersion[] = "2026-10-28.endive";
constexpr char kSessions[] = "/v1/checkout/sessions";

constexpr std::chrono::milliseconds kConnectTimeout{2000};
constexpr std::chrono::milliseconds kCallTimeout{10000};
// With less time left a call would only begin something whose end nobody hears.
constexpr std::chrono::milliseconds kShortestCall{100};
// How far our database's clock may be ahead of Stripe's.
constexpr std::chrono::minutes kClockSkew{5};
constexpr size_t kLargestPage = size_t{8} << 20;

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

absl::Status Failed(const char* what, const http::Response& response) {
  logging::Warning(what, {{"status", response.status}});
  return absl::UnavailableError(absl::StrCat("stripe answered ", response.status));
}

}  // namespace

StripeClient::StripeClient(const http::Client& http, std::string api_base,
                           config::Secret secret_key)
    : http_(http), api_base_(std::move(api_base)), secret_key_(std::move(secret_key)) {}

absl::StatusOr<http::Response> StripeClient::Send(http::Request request,
                                                  rpc::Deadline deadline) const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(rpc::Remaining(deadline));
  if (left < kShortestCall) return absl::UnavailableError("no time is left for stripe");
  request.url = api_base_ + request.url;
  request.headers.emplace_back("Authorization", "Bearer " + secret_key_.Reveal());
  request.headers.emplace_back("Stripe-Version", kApiVersion);
  request.connect_timeout = kConnectTimeout;
  request.total_timeout = std::min(kCallTimeout, left);
  absl::StatusOr<http::Response> response = http_.Send(request);
  if (!response.ok()) {
    logging::Warning("stripe not reached", {{"status", response.status().ToString()}});
  }
  return response;
}

CreateAnswer StripeClient::CreateSession(const OpenPayment& payment, rpc::Deadline deadline) const {
  http::Request request;
  request.method = "POST";
  request.url = kSessions;
  request.headers = {{"Idempotency-Key", payment.payment_id},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = http::FormEncode(SessionForm(payment));
  absl::StatusOr<http::Response> response = Send(std::move(request), deadline);
  if (!response.ok()) return {.verdict = CreateVerdict::kUnknown};
  return ReadCreateAnswer(*response);
}

absl::StatusOr<std::optional<StripeSession>> StripeClient::FindSession(
    const OpenPayment& payment, rpc::Deadline deadline) const {
  if (!payment.session_id.empty()) return GetSession(payment.session_id, deadline);
  return SearchSession(payment, deadline);
}

absl::StatusOr<std::optional<StripeSession>> StripeClient::GetSession(
    const std::string& id, rpc::Deadline deadline) const {
  http::Request request;
  request.url = kSessions + ("/" + http::PercentEncode(id));
  absl::StatusOr<http::Response> response = Send(std::move(request), deadline);
  if (!response.ok()) return response.status();
  if (response->status == 404) return std::nullopt;
  if (response->status != 200) return Failed("stripe showed no sessions", *response);
  return ReadSession(response->body);
}

absl::StatusOr<bool> StripeClient::ExpireSession(const std::string& id,
                                                 rpc::Deadline deadline) const {
  http::Request request;
  request.method = "POST";
  request.url = kSessions + ("/" + http::PercentEncode(id) + "/expire");
  absl::StatusOr<http::Response> response = Send(std::move(request), deadline);
  if (!response.ok()) return response.status();
  // Stripe refuses to expire what is not open.
  if (response->status == 400) return false;
  if (response->status != 200) return Failed("stripe expired no session", *response);
  absl::StatusOr<StripeSession> session = ReadSession(response->body);
  if (!session.ok()) return session.status();
  return session->status == "expired";
}

// Stripe lists the newest session first. The whole list is read before an answer is given: of two
// sessions of one payment the wrong one might come first.
absl::StatusOr<std::optional<StripeSession>> StripeClient::SearchSession(
    const OpenPayment& payment, rpc::Deadline deadline) const {
  std::vector<StripeSession> found;
  Form query = {
      {"limit", "100"},
      {"created[gte]", std::to_string(time::UnixSeconds(payment.created_at - kClockSkew))}};
  for (bool has_more = true; has_more;) {
    http::Request request;
    request.url = kSessions + ("?" + http::FormEncode(query));
    request.max_response_bytes = kLargestPage;
    absl::StatusOr<http::Response> response = Send(std::move(request), deadline);
    if (!response.ok()) return response.status();
    if (response->status != 200) return Failed("stripe showed no sessions", *response);
    absl::StatusOr<SessionPage> page = ReadSessionPage(response->body);
    if (!page.ok()) return page.status();
    if (auto session = SessionOf(payment.payment_id, page->sessions)) found.push_back(*session);
    has_more = page->has_more;
    if (query.size() > 2) query.pop_back();
    if (has_more) query.emplace_back("starting_after", page->sessions.back().id);
  }
  return SessionOf(payment.payment_id, found);
}

}  // namespace fsft::payment
