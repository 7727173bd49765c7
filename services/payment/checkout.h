#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "fightsftickets/payment/v1/payments.pb.h"
#include "services/payment/payment.h"

namespace fsft::payment {

// What a checkout costs and where it leads. From the configuration; taken over into each payment's
// row.
struct CheckoutTerms {
  int64_t standard_cents = 0;
  int64_t certified_cents = 0;
  // Where browsers reach the gateway.
  std::string public_url;
};

// The row to open for a request, with every parameter of the Stripe session fixed by today's terms.
// INVALID_ARGUMENT with violations for ids, hash or appeal type that cannot be; only a defect in
// the gateway sends them.
absl::StatusOr<NewPayment> PaymentFor(
    const fightsftickets::payment::v1::CreateCheckoutRequest& request, const CheckoutTerms& terms,
    std::string payment_id);

// Whether the customer may still be led to Stripe. ALREADY_EXISTS "already_paid" or "in_review"
// otherwise.
absl::Status MayBePaid(const OpenPayment& payment);
absl::Status AlreadyPaid();

}  // namespace fsft::payment
