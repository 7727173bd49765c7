#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/payment/checkout_store.h"
#include "services/payment/stripe_client.h"
#include "services/payment/webhooks.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// What a look at Stripe has shown of a payment's session.
enum class SessionFinding {
  // It can be paid.
  kOpen,
  // Paid. The payment is paid too by now, or in review.
  kPaid,
  // Gone through, but the money is still on its way.
  kUnpaid,
  // Over, and the payment with it.
  kExpired,
  // Stripe has none. What that means depends on how long the caller has waited.
  kMissing,
  // It could be paid when Stripe answered, and the payment has moved since.
  kOvertaken,
};
// In snake_case, for metrics.
std::string_view NameOf(SessionFinding finding);

struct CheckedSession {
  SessionFinding finding = SessionFinding::kMissing;
  // With its session, where there is one.
  OpenPayment payment;
  // Stripe had a session that was not stored here.
  bool is_new = false;
  // Stripe's news was news, and has moved the payment.
  bool moved = false;
};

// Asks Stripe what it has instead of waiting to be told, and does what a webhook would have done.
// Thread-safe.
class SessionCheck {
 public:
  // All outlive it.
  SessionCheck(CheckoutStore& store, const StripeClient& stripe, Webhooks& webhooks)
      : store_(store), stripe_(stripe), webhooks_(webhooks) {}

  // Looks a pending payment up, by its session or on Stripe's list. A session that was paid or has
  // expired becomes an event of the kind that Stripe sends, and takes the way of all events: so a
  // webhook that comes at the same time, or later, finds nothing left to do. UNAVAILABLE when
  // Stripe could not be asked; otherwise the errors of shared/db/errors.h.
  absl::StatusOr<CheckedSession> Check(OpenPayment payment, rpc::Deadline deadline);

  // Stores a session that Stripe has made for a payment. False: the payment was paid or ended while
  // Stripe was thinking, so its page must not be offered any more.
  absl::StatusOr<bool> Keep(OpenPayment& payment, const StripeSession& session,
                            rpc::Deadline deadline);

  // Ends a payment that is as the caller saw it. False when it is not so any more.
  absl::StatusOr<bool> End(const OpenPayment& payment, const PaymentEnd& end,
                           rpc::Deadline deadline);

 private:
  absl::Status Tell(const StripeSession& session, CheckedSession& checked, rpc::Deadline deadline);

  CheckoutStore& store_;
  const StripeClient& stripe_;
  Webhooks& webhooks_;
};

}  // namespace fsft::payment
