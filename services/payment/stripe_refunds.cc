// The part of StripeClient that gives money back.
#include "services/payment/stripe_client.h"

namespace fsft::payment {

namespace {

constexpr char kRefunds[] = "/v1/refunds";

StripeApi::Form RefundForm(const RefundOrder& order) {
  StripeApi::Form form = {{"payment_intent", order.payment_intent},
                          {"metadata[payment_id]", order.payment_id},
                          {"metadata[refund_id]", order.refund_id},
                          {"metadata[v]", "1"}};
  if (order.amount_cents) form.emplace_back("amount", std::to_string(*order.amount_cents));
  if (!order.reason.empty()) form.emplace_back("reason", order.reason);
  return form;
}

}  // namespace

RefundAnswer StripeClient::CreateRefund(const RefundOrder& order, rpc::Deadline deadline) const {
  const absl::StatusOr<http::Response> response =
      api_.Post(kRefunds, RefundForm(order), order.refund_id, deadline);
  if (!response.ok()) {
    return {.verdict = CreateVerdict::kUnknown, .retry_after = RetryAfterOf(response.status())};
  }
  return ReadRefundAnswer(*response);
}

absl::StatusOr<std::optional<StripeRefund>> StripeClient::FindRefund(
    const std::string& payment_intent, const std::string& refund_id, rpc::Deadline deadline) const {
  StripeApi::Form query = {{"limit", "100"}, {"payment_intent", payment_intent}};
  const size_t fixed = query.size();
  for (bool has_more = true; has_more;) {
    const absl::StatusOr<http::Response> response = api_.Get(kRefunds, query, deadline);
    if (!response.ok()) return response.status();
    if (response->status != 200) return UnexpectedAnswer("stripe showed no refunds", *response);
    absl::StatusOr<RefundPage> page = ReadRefundPage(response->body);
    if (!page.ok()) return page.status();
    for (StripeRefund& refund : page->refunds) {
      if (refund.refund_id == refund_id) return std::move(refund);
    }
    has_more = page->has_more;
    query.resize(fixed);
    if (has_more) query.emplace_back("starting_after", page->refunds.back().id);
  }
  return std::nullopt;
}

}  // namespace fsft::payment
