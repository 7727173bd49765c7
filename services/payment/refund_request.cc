#include "services/payment/refund_request.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

namespace payment_v1 = fightsftickets::payment::v1;

constexpr size_t kSha256Bytes = 32;
constexpr size_t kShortestKey = 16;
constexpr size_t kLongestKey = 255;
// An operator who names a key says how long the request may be repeated; without one, only a double
// click or a lost answer is caught.
constexpr std::chrono::seconds kNamedLifetime = std::chrono::hours(24);
constexpr std::chrono::seconds kAutomaticLifetime = std::chrono::minutes(15);
constexpr std::chrono::seconds kForGood = std::chrono::hours(24 * 365 * 100);

bool IsReason(std::string_view reason) {
  constexpr std::array<std::string_view, 4> kReasons = {"duplicate", "fraudulent",
                                                        "requested_by_customer", "other"};
  return std::ranges::find(kReasons, reason) != kReasons.end();
}

// The same key asks for another refund when it is about another payment.
std::string RequestKey(const std::string& payment_id, const std::string& name) {
  return crypto::Sha256(absl::StrCat("refund\n", payment_id, "\n", name));
}

}  // namespace

absl::StatusOr<RefundWish> WishOf(const payment_v1::RefundRequest& request) {
  std::vector<rpc::FieldViolation> violations;
  const std::string& key = request.idempotency_key();
  if (request.actor().empty()) {
    violations.push_back(rpc::Violation("actor", "required", "must name who acts"));
  }
  if (!IsReason(request.reason())) {
    violations.push_back(rpc::Violation(
        "reason", "invalid", "must be duplicate, fraudulent, requested_by_customer or other"));
  }
  if (request.has_amount_cents() && request.amount_cents() <= 0) {
    violations.push_back(rpc::Violation("amount_cents", "out_of_range", "must be positive"));
  }
  if (!key.empty() && (key.size() < kShortestKey || key.size() > kLongestKey)) {
    violations.push_back(
        rpc::Violation("Idempotency-Key", "invalid_length", "must have 16 to 255 characters"));
  }
  if (request.request_digest().size() != kSha256Bytes) {
    violations.push_back(rpc::Violation("request_digest", "invalid", "must be 32 bytes"));
  }
  if (!violations.empty()) return rpc::InvalidFields(violations);

  RefundWish wish{.payment_id = request.payment_id(),
                  .amount_cents = {},
                  .reason = request.reason(),
                  .actor = request.actor(),
                  .force = request.force(),
                  .ends_review = false,
                  .request_key = {},
                  .request_digest = request.request_digest(),
                  .request_lifetime = key.empty() ? kAutomaticLifetime : kNamedLifetime};
  if (request.has_amount_cents()) wish.amount_cents = request.amount_cents();
  wish.request_key = RequestKey(
      wish.payment_id,
      key.empty() ? "auto:" + crypto::HexEncode(request.request_digest()) : "named:" + key);
  return wish;
}

RefundWish WishToEndReview(const std::string& payment_id, const std::string& actor) {
  return {.payment_id = payment_id,
          .amount_cents = {},
          .reason = "other",
          .actor = actor,
          .force = false,
          .ends_review = true,
          .request_key = RequestKey(payment_id, "resolve"),
          .request_digest = crypto::Sha256("resolve"),
          .request_lifetime = kForGood};
}

void ToMessage(const Refund& refund, payment_v1::Refund& message) {
  message.set_refund_id(refund.refund_id);
  message.set_payment_id(refund.payment_id);
  message.set_state(words::EnumOf<payment_v1::RefundState>(refund.state));
  message.set_amount_cents(refund.amount_cents);
  message.set_currency(refund.currency);
  message.set_reason(refund.reason);
  message.set_origin(refund.origin);
  message.set_after_mailing(refund.is_after_mailing);
  message.set_outcome_unknown(refund.is_outcome_unknown);
  message.set_failure(refund.failure);
  words::ToProto(refund.created_at, *message.mutable_created_at());
  if (refund.settled_at) words::ToProto(*refund.settled_at, *message.mutable_settled_at());
}

}  // namespace fsft::payment
