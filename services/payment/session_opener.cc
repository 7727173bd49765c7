#include "services/payment/session_opener.h"

#include "services/payment/checkout.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

// What is left of the caller's time for Stripe, with a margin to store its answer in.
constexpr std::chrono::milliseconds kStoreMargin{1000};
constexpr std::chrono::milliseconds kStripeTimeout{10000};

std::chrono::milliseconds StripeTimeout(rpc::Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(rpc::Remaining(deadline));
  return std::min(kStripeTimeout, left - kStoreMargin);
}

absl::Status WithIdsOf(absl::Status status, const OpenPayment& payment) {
  return rpc::WithIds(std::move(status), {{"payment_id", payment.payment_id},
                                          {"intake_id", payment.intake_id},
                                          {"draft_id", payment.draft_id}});
}

}  // namespace

// Database first: the payment is on disk before Stripe hears of it, and no connection is held while
// Stripe thinks. A crash or a time-out in between leaves a payment without a session, which a
// repeat finishes.
absl::StatusOr<OpenPayment> SessionOpener::Open(const NewPayment& wanted, rpc::Deadline deadline) {
  absl::StatusOr<OpenPayment> payment = store_.Open(wanted, deadline);
  if (!payment.ok()) return payment.status();
  if (absl::Status status = MayBePaid(*payment); !status.ok()) {
    return WithIdsOf(std::move(status), *payment);
  }
  if (!payment->session_id.empty()) return payment;

  absl::StatusOr<StripeSession> session = stripe_.CreateSession(*payment, StripeTimeout(deadline));
  if (!session.ok()) return WithIdsOf(session.status(), *payment);
  absl::Status stored =
      store_.StoreSession(payment->payment_id, session->id, session->url, deadline);
  if (!stored.ok()) return stored;
  payment->session_id = session->id;
  payment->checkout_url = session->url;
  return payment;
}

}  // namespace fsft::payment
