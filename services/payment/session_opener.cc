#include "services/payment/session_opener.h"

#include <thread>

#include "services/payment/checkout.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

// What remains of the caller's time when Stripe has answered, to store the answer in.
constexpr std::chrono::seconds kStoreMargin{1};
// A payment that is found to be over is followed by a new one. Once is usual; more often only when
// others end payments of the same draft at the same time.
constexpr int kRounds = 3;
// Twins ask Stripe at the same time, and the second one is told to wait for the first. It does so
// for three seconds altogether.
constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLastPause{1600};
constexpr std::chrono::seconds kInFlightRetry{1};

absl::Status WithIdsOf(absl::Status status, const OpenPayment& payment) {
  return rpc::WithIds(std::move(status), {{"payment_id", payment.payment_id},
                                          {"intake_id", payment.intake_id},
                                          {"draft_id", payment.draft_id}});
}

// With `retry_after` where somebody knows when it may be better.
absl::Status Unavailable(std::chrono::seconds retry_after) {
  absl::Status status = rpc::Error(absl::StatusCode::kUnavailable, "stripe_unavailable",
                                   "the payment provider did not answer; the order is kept");
  return retry_after.count() > 0 ? rpc::WithRetryAfter(std::move(status), retry_after) : status;
}

absl::Status Busy(std::chrono::seconds retry_after) {
  return rpc::WithRetryAfter(
      rpc::Error(absl::StatusCode::kUnavailable, "stripe_busy",
                 "the payment provider is busy with this order; the order is kept"),
      retry_after);
}

absl::Status Refused() {
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "stripe_refused",
                    "the payment provider refused the checkout; the order is kept");
}

}  // namespace

// Database first: the payment is on disk before Stripe hears of it, and no connection is held while
// Stripe thinks. A crash or a time-out in between leaves a payment without a session, which a
// repeat finishes.
absl::StatusOr<OpenPayment> SessionOpener::Open(NewPayment wanted, rpc::Deadline deadline) {
  for (int round = 0; round < kRounds; ++round) {
    absl::StatusOr<OpenPayment> payment = store_.Open(wanted, deadline);
    if (!payment.ok()) return payment.status();
    // Otherwise it is one that there was already.
    if (payment->payment_id == wanted.payment_id && opened_) opened_();
    if (absl::Status status = MayBePaid(*payment); !status.ok()) {
      return WithIdsOf(std::move(status), *payment);
    }
    Led led = Lead(*payment, deadline);
    if (!led.ok()) return WithIdsOf(led.status(), *payment);
    if (led->has_value()) return **std::move(led);
    wanted.payment_id = ids::NewUuidV7(clock_.Now());
  }
  return absl::UnavailableError("the draft's payments kept ending");
}

SessionOpener::Led SessionOpener::Lead(const OpenPayment& payment, rpc::Deadline deadline) {
  if (payment.stale) return Settle(payment, deadline);
  if (!payment.session_id.empty()) return payment;
  return Create(payment, deadline);
}

SessionOpener::Led SessionOpener::Create(const OpenPayment& payment, rpc::Deadline deadline) {
  CreateAnswer answer = stripe_.CreateSession(payment, deadline - kStoreMargin);
  for (auto pause = kFirstPause; answer.verdict == CreateVerdict::kInFlight && pause <= kLastPause;
       pause *= 2) {
    std::this_thread::sleep_for(pause);
    answer = stripe_.CreateSession(payment, deadline - kStoreMargin);
  }
  switch (answer.verdict) {
    case CreateVerdict::kCreated:
      return Keep(payment, answer.session, deadline);
    case CreateVerdict::kStoredFailure:
      return Settle(payment, deadline);
    case CreateVerdict::kInFlight:
      return Busy(kInFlightRetry);
    case CreateVerdict::kSlowDown:
      return Busy(answer.retry_after);
    case CreateVerdict::kRefused:
      return Refused();
    case CreateVerdict::kUnknown:
      break;
  }
  return Unavailable(answer.retry_after);
}

// Asks Stripe what it has, instead of asking for something: for a payment whose key can no longer
// be relied upon, or whose session should be over.
SessionOpener::Led SessionOpener::Settle(const OpenPayment& payment, rpc::Deadline deadline) {
  absl::StatusOr<CheckedSession> checked = check_.Check(payment, deadline);
  if (!checked.ok()) return Unavailable(RetryAfterOf(checked.status()));
  switch (checked->finding) {
    case SessionFinding::kOpen:
      return std::move(checked)->payment;
    case SessionFinding::kMissing:
      return End(payment, {"failed", "no_session_at_stripe"}, deadline);
    case SessionFinding::kUnpaid:
      // A new session would take the money twice.
      return AlreadyPaid();
    default:
      // Whoever reads the payment again sees what has become of it.
      return std::nullopt;
  }
}

SessionOpener::Led SessionOpener::Keep(OpenPayment payment, const StripeSession& session,
                                       rpc::Deadline deadline) {
  const absl::StatusOr<bool> current = check_.Keep(payment, session, deadline);
  if (!current.ok()) return current.status();
  if (!*current) return std::nullopt;
  return payment;
}

// Looked at again after the last one has ended: somebody may have opened another one meanwhile.
absl::Status SessionOpener::EndAll(std::string_view intake_id, rpc::Deadline deadline) {
  for (int round = 0; round < kRounds; ++round) {
    absl::StatusOr<std::vector<OpenPayment>> payments = store_.LiveOfIntake(intake_id, deadline);
    if (!payments.ok()) return payments.status();
    if (payments->empty()) return absl::OkStatus();
    for (const OpenPayment& payment : *payments) {
      absl::Status status = MayBePaid(payment);
      if (status.ok()) status = EndOne(payment, deadline);
      if (!status.ok()) return WithIdsOf(std::move(status), payment);
    }
  }
  return absl::UnavailableError("checkouts of the intake kept being opened");
}

// A payment without a session may have one at Stripe all the same, so it is led to its session
// first; a payment that Stripe has refused for good has none.
absl::Status SessionOpener::EndOne(const OpenPayment& payment, rpc::Deadline deadline) {
  Led led = Lead(payment, deadline);
  if (rpc::DetailOf(led.status()).reason() == "stripe_refused") {
    return End(payment, {"failed", "stripe_refused"}, deadline).status();
  }
  if (!led.ok() || !led->has_value()) return led.status();
  const absl::StatusOr<bool> expired =
      stripe_.ExpireSession((*led)->session_id, deadline - kStoreMargin);
  if (!expired.ok()) return Unavailable(RetryAfterOf(expired.status()));
  if (!*expired) return Settle(**led, deadline).status();
  return End(**led, {"expired", "appeal_changed"}, deadline).status();
}

SessionOpener::Led SessionOpener::End(const OpenPayment& payment, const PaymentEnd& end,
                                      rpc::Deadline deadline) {
  const absl::StatusOr<bool> ended = check_.End(payment, end, deadline);
  if (!ended.ok()) return ended.status();
  return std::nullopt;
}

}  // namespace fsft::payment
