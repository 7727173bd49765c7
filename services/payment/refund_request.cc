#include "services/payment/refund_request.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "shared/crypto/digest.h"
#include "shared/rpc/request_name.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

namespace payment_v1 = fightsftickets::payment::v1;

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
  if (!IsReason(request.reason())) {
    violations.push_back(rpc::Violation(
        "reason", "invalid", "must be duplicate, fraudulent, requested_by_customer or other"));
  }
  if (request.has_amount_cents() && request.amount_cents() <= 0) {
    violations.push_back(rpc::Violation("amount_cents", "out_of_range", "must be positive"));
  }
  if (!violations.empty()) return rpc::InvalidFields(violations);
  const absl::StatusOr<rpc::RequestName> name =
      rpc::NameRequest(request.idempotency_key(), request.request_digest());
  if (!name.ok()) return name.status();

  RefundWish wish{.payment_id = request.payment_id(),
                  .amount_cents = {},
                  .reason = request.reason(),
                  .actor = request.actor(),
                  .force = request.force(),
                  .ends_review = false,
                  .request_key = RequestKey(request.payment_id(), name->name),
                  .request_digest = request.request_digest(),
                  .request_lifetime = name->lifetime};
  if (request.has_amount_cents()) wish.amount_cents = request.amount_cents();
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
