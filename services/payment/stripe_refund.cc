#include "services/payment/stripe_refund.h"

#include "services/payment/stripe_api.h"
#include "services/payment/stripe_json.h"
#include "services/payment/stripe_page.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

std::optional<StripeRefund> RefundFrom(const StripeObject& object) {
  StripeRefund refund{.id = object.Text("id"),
                      .status = object.Text("status"),
                      .amount_cents = object.Integer("amount"),
                      .currency = object.Text("currency"),
                      .payment_intent = object.LinkedId("payment_intent"),
                      .failure_reason = object.Text("failure_reason"),
                      .refund_id = object.OurId("refund_id")};
  if (refund.id.empty() || refund.status.empty() || refund.amount_cents <= 0) return std::nullopt;
  return refund;
}

// Stripe names some refusals by their type only: idempotency_error.
std::string CodeOf(const http::Response& response) {
  const StripeError error = ErrorOf(response);
  return error.code.empty() ? error.type : error.code;
}

}  // namespace

RefundAnswer ReadRefundAnswer(const http::Response& response) {
  RefundAnswer answer{.verdict = VerdictOf(response)};
  if (answer.verdict != CreateVerdict::kCreated) {
    LogFailure("stripe made no refund", response, answer.verdict);
    if (answer.verdict == CreateVerdict::kSlowDown) answer.retry_after = RetryAfterOf(response);
    if (answer.verdict == CreateVerdict::kRefused) answer.code = CodeOf(response);
    return answer;
  }
  std::optional<StripeRefund> refund = RefundFrom(StripeDocument(response.body).root());
  if (!refund) {
    logging::Error("stripe answered with no refund", {{"status", response.status}});
    return {.verdict = CreateVerdict::kUnknown};
  }
  answer.refund = *std::move(refund);
  return answer;
}

absl::StatusOr<RefundPage> ReadRefundPage(const std::string& body) {
  const absl::StatusOr<ListPage> list = ReadListPage(body);
  if (!list.ok()) return list.status();
  RefundPage page{.has_more = list->has_more};
  for (const StripeObject& object : list->data) {
    std::optional<StripeRefund> refund = RefundFrom(object);
    if (!refund) return Unreadable();
    page.refunds.push_back(*std::move(refund));
  }
  return page;
}

}  // namespace fsft::payment
