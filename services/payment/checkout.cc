#include "services/payment/checkout.h"

#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

using fightsftickets::common::v1::APPEAL_TYPE_CERTIFIED;
using fightsftickets::payment::v1::CreateCheckoutRequest;

constexpr size_t kSha256Bytes = 32;

absl::Status Check(const CreateCheckoutRequest& request, std::string_view appeal_type) {
  std::vector<rpc::FieldViolation> violations;
  if (!ids::IsUuid(request.intake_id())) {
    violations.push_back(rpc::Violation("intake_id", "invalid", "must be a UUID"));
  }
  if (!ids::IsUuid(request.draft_id())) {
    violations.push_back(rpc::Violation("draft_id", "invalid", "must be a UUID"));
  }
  if (request.content_sha256().size() != kSha256Bytes) {
    violations.push_back(rpc::Violation("content_sha256", "invalid", "must be 32 bytes"));
  }
  if (appeal_type.empty()) {
    violations.push_back(
        rpc::Violation("appeal_type", "invalid_choice", "must be standard or certified"));
  }
  if (violations.empty()) return absl::OkStatus();
  return rpc::InvalidFields(violations);
}

}  // namespace

absl::StatusOr<NewPayment> PaymentFor(const CreateCheckoutRequest& request,
                                      const CheckoutTerms& terms, std::string payment_id) {
  const std::string appeal_type = words::WordOf(request.appeal_type());
  if (absl::Status status = Check(request, appeal_type); !status.ok()) return status;
  const bool certified = request.appeal_type() == APPEAL_TYPE_CERTIFIED;
  return NewPayment{
      .payment_id = std::move(payment_id),
      .intake_id = request.intake_id(),
      .draft_id = request.draft_id(),
      .content_sha256 = request.content_sha256(),
      .appeal_type = appeal_type,
      .amount_cents = certified ? terms.certified_cents : terms.standard_cents,
      .currency = "usd",
      // Stripe prints it on its page and on the receipt. No citation number: that is personal data.
      .product_name = certified ? "Parking citation appeal letter, certified mail"
                                : "Parking citation appeal letter, first class mail",
      // The braces are literal; Stripe fills them in.
      .success_url = terms.public_url + "/success?session_id={CHECKOUT_SESSION_ID}",
      .cancel_url = terms.public_url + "/cancelled",
  };
}

absl::Status MayBePaid(const OpenPayment& payment) {
  if (payment.state == "pending") return absl::OkStatus();
  if (payment.state == "review") {
    return rpc::Error(absl::StatusCode::kAlreadyExists, "in_review",
                      "a payment for this letter is being looked at");
  }
  return AlreadyPaid();
}

absl::Status AlreadyPaid() {
  return rpc::Error(absl::StatusCode::kAlreadyExists, "already_paid",
                    "this letter is paid for already");
}

}  // namespace fsft::payment
