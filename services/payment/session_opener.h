#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "services/payment/checkout_store.h"
#include "services/payment/session_check.h"
#include "services/payment/stripe_client.h"
#include "shared/rpc/deadline.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// Leads a checkout to its one Stripe session. Thread-safe.
class SessionOpener {
 public:
  // All outlive it. `opened` is called for each payment that is new.
  SessionOpener(CheckoutStore& store, const StripeClient& stripe, SessionCheck& check,
                const time::Clock& clock, std::function<void()> opened = {})
      : store_(store), stripe_(stripe), check_(check), clock_(clock), opened_(std::move(opened)) {}

  // A payment that can be paid, with its session; the one that is there already, or a new one. The
  // same for everybody who asks at the same time. Errors, all with ids:
  //   ALREADY_EXISTS "already_paid" or "in_review";
  //   UNAVAILABLE "stripe_unavailable": the order is kept, a repeat goes on with it; with retry_after
  //   when Stripe is not even asked because it does not answer these days;
  //   UNAVAILABLE "stripe_busy" with retry_after: the same, and Stripe wants us to wait;
  //   FAILED_PRECONDITION "stripe_refused": a mistake of ours that a repeat does not mend.
  absl::StatusOr<OpenPayment> Open(NewPayment wanted, rpc::Deadline deadline);

  // Makes sure that nobody can pay for an intake any more, whichever of its drafts. Errors, all with
  // ids: ALREADY_EXISTS "already_paid" or "in_review" when money was faster; UNAVAILABLE
  // "stripe_unavailable" or "stripe_busy" when it is not known.
  absl::Status EndAll(std::string_view intake_id, rpc::Deadline deadline);

 private:
  // Nothing: the payment has ended, here or by another call.
  using Led = absl::StatusOr<std::optional<OpenPayment>>;
  Led Lead(const OpenPayment& payment, rpc::Deadline deadline);
  Led Create(const OpenPayment& payment, rpc::Deadline deadline);
  Led Settle(const OpenPayment& payment, rpc::Deadline deadline);
  Led Keep(OpenPayment payment, const StripeSession& session, rpc::Deadline deadline);
  absl::Status EndOne(const OpenPayment& payment, rpc::Deadline deadline);
  Led End(const OpenPayment& payment, const PaymentEnd& end, rpc::Deadline deadline);

  CheckoutStore& store_;
  const StripeClient& stripe_;
  SessionCheck& check_;
  const time::Clock& clock_;
  const std::function<void()> opened_;
};

}  // namespace fsft::payment
