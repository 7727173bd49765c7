#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/create_verdict.h"
#include "shared/http/client.h"

namespace fsft::payment {

// A refund that we ask for: ids and a code, nothing else.
struct RefundOrder {
  // Ours, and the idempotency key.
  std::string refund_id;
  std::string payment_id;
  // Stripe's "pi_…".
  std::string payment_intent;
  // Nothing: all that has not been given back.
  std::optional<int64_t> amount_cents = {};
  // "duplicate", "fraudulent" or "requested_by_customer"; empty for none of Stripe's.
  std::string reason = "";
};

// A refund, as Stripe shows it.
struct StripeRefund {
  // Stripe's "re_…".
  std::string id;
  // "pending", "requires_action", "succeeded", "failed" or "canceled".
  std::string status;
  int64_t amount_cents = 0;
  std::string currency = "";
  std::string payment_intent = "";
  // Why it failed, in Stripe's words; empty otherwise.
  std::string failure_reason = "";
  // From the metadata; empty for a refund that is not ours.
  std::string refund_id = "";
};

struct RefundAnswer {
  CreateVerdict verdict = CreateVerdict::kUnknown;
  // With kCreated.
  StripeRefund refund = {};
  // With kRefused: why, as Stripe calls it: "charge_already_refunded", "charge_disputed", …; its
  // type of error where there is no code.
  std::string code = "";
  // With kSlowDown and kUnknown: when to come back, where somebody has said so.
  std::chrono::seconds retry_after{0};
};

// Reads the answer to POST /v1/refunds, and writes what is wrong with it to the log.
RefundAnswer ReadRefundAnswer(const http::Response& response);

// One page of GET /v1/refunds. UNAVAILABLE when the text is none.
struct RefundPage {
  std::vector<StripeRefund> refunds = {};
  bool has_more = false;
};
absl::StatusOr<RefundPage> ReadRefundPage(const std::string& body);

}  // namespace fsft::payment
