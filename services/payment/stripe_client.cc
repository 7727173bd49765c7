#include "services/payment/stripe_client.h"

#include "shared/http/client.h"

namespace fsft::payment {

namespace {

constexpr char kSessions[] = "/v1/checkout/sessions";

// How far our database's clock may be ahead of Stripe's.
constexpr std::chrono::minutes kClockSkew{5};

using Form = StripeApi::Form;

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

std::string PathOf(const std::string& session_id) {
  return kSessions + ("/" + http::PercentEncode(session_id));
}

}  // namespace

CreateAnswer StripeClient::CreateSession(const OpenPayment& payment, rpc::Deadline deadline) const {
  absl::StatusOr<http::Response> response =
      api_.Post(kSessions, SessionForm(payment), payment.payment_id, deadline);
  if (!response.ok()) {
    return {.verdict = CreateVerdict::kUnknown, .retry_after = RetryAfterOf(response.status())};
  }
  return ReadCreateAnswer(*response);
}

absl::StatusOr<std::optional<StripeSession>> StripeClient::FindSession(
    const OpenPayment& payment, rpc::Deadline deadline) const {
  if (!payment.session_id.empty()) return GetSession(payment.session_id, deadline);
  return SearchSession(payment, deadline);
}

absl::StatusOr<std::optional<StripeSession>> StripeClient::GetSession(
    const std::string& id, rpc::Deadline deadline) const {
  // The receipt is on the charge.
  absl::StatusOr<http::Response> response =
      api_.Get(PathOf(id), {{"expand[]", "payment_intent.latest_charge"}}, deadline);
  if (!response.ok()) return response.status();
  if (response->status == 404) return std::nullopt;
  if (response->status != 200) return UnexpectedAnswer("stripe showed no session", *response);
  return ReadSession(response->body);
}

absl::StatusOr<bool> StripeClient::ExpireSession(const std::string& id,
                                                 rpc::Deadline deadline) const {
  absl::StatusOr<http::Response> response = api_.PostOnce(PathOf(id) + "/expire", deadline);
  if (!response.ok()) return response.status();
  // Stripe refuses to expire what is not open.
  if (response->status == 400) return false;
  if (response->status != 200) return UnexpectedAnswer("stripe expired no session", *response);
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
      {"created[gte]", std::to_string(time::UnixSeconds(payment.created_at - kClockSkew))},
      {"expand[]", "data.payment_intent.latest_charge"}};
  const size_t fixed = query.size();
  for (bool has_more = true; has_more;) {
    absl::StatusOr<http::Response> response = api_.Get(kSessions, query, deadline);
    if (!response.ok()) return response.status();
    if (response->status != 200) return UnexpectedAnswer("stripe showed no sessions", *response);
    absl::StatusOr<SessionPage> page = ReadSessionPage(response->body);
    if (!page.ok()) return page.status();
    if (auto session = SessionOf(payment.payment_id, page->sessions)) found.push_back(*session);
    has_more = page->has_more;
    query.resize(fixed);
    if (has_more) query.emplace_back("starting_after", page->sessions.back().id);
  }
  return SessionOf(payment.payment_id, found);
}

}  // namespace fsft::payment
