#pragma once

#include "absl/status/statusor.h"
#include "services/payment/checkout_store.h"
#include "services/payment/stripe_client.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// Leads a checkout to its one Stripe session. Thread-safe.
class SessionOpener {
 public:
  // Both outlive it.
  SessionOpener(CheckoutStore& store, const StripeClient& stripe)
      : store_(store), stripe_(stripe) {}

  // A payment that can be paid, with its session; the one that is there already, or a new one.
  // Errors with ids: ALREADY_EXISTS "already_paid" or "in_review", and those of
  // StripeClient::CreateSession, after which a repeat goes on with the same payment.
  absl::StatusOr<OpenPayment> Open(const NewPayment& wanted, rpc::Deadline deadline);

 private:
  CheckoutStore& store_;
  const StripeClient& stripe_;
};

}  // namespace fsft::payment
