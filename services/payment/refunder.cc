#include "services/payment/refunder.h"

#include <algorithm>

#include "shared/logging/logging.h"
#include "shared/rpc/status.h"
#include "shared/work/backoff.h"

namespace fsft::payment {

namespace {

constexpr int kBatch = 20;
// A step, with a call of Stripe's in it, ends before the lease does.
constexpr std::chrono::seconds kStepPatience{30};
// What remains of it when Stripe has answered, to store the answer in.
constexpr std::chrono::seconds kStoreMargin{5};
// Of the operator's time, what is left to answer in when fulfillment does not.
constexpr std::chrono::seconds kAnswerMargin{2};
static_assert(kStepPatience < kRefundLease);

constexpr std::chrono::seconds kHoldRetry{2};

// Stripe remembers an idempotency key for a day. Well before that, and whenever an earlier answer is
// missing, we look whether it has the refund before we ask for one.
constexpr std::chrono::hours kKeyIsGood{20};

// Until fulfillment or Stripe answers, and until a letter's fate is known.
constexpr work::Backoff kRetry{.first = std::chrono::seconds(2), .cap = std::chrono::minutes(1)};
// Between two looks at a refund that Stripe is working on; its webhook tells sooner.
constexpr work::Backoff kWatch{.first = std::chrono::minutes(5), .cap = std::chrono::hours(1)};

RefundOrder OrderFor(const DueRefund& refund) {
  return {.refund_id = refund.refund_id,
          .payment_id = refund.payment_id,
          .payment_intent = refund.payment_intent,
          .amount_cents = refund.is_whole ? std::nullopt : std::optional(refund.amount_cents),
          .reason = refund.reason == "other" ? "" : refund.reason};
}

absl::Status NotHeld(const Refund& refund) {
  return rpc::WithIds(
      rpc::WithRetryAfter(
          rpc::Error(absl::StatusCode::kUnavailable, "refund_not_held",
                     "the refund is stored; whether the letter could be held is not known yet"),
          kHoldRetry),
      {{"payment_id", refund.payment_id}, {"refund_id", refund.refund_id}});
}

// A claim that was lost is somebody else's step now: there is nothing more to do either way.
absl::StatusOr<std::optional<std::chrono::milliseconds>> Done(const absl::StatusOr<bool>& written) {
  if (!written.ok()) return written.status();
  return std::nullopt;
}

}  // namespace

Refunder::Refunder(RefundStore& store, const StripeClient& stripe, TellFulfillment tell_fulfillment,
                   std::function<void()> wake_workers, const time::Clock& clock,
                   metrics::Registry& registry, std::stop_token stopping)
    : store_(store),
      stripe_(stripe),
      tell_fulfillment_(std::move(tell_fulfillment)),
      wake_workers_(std::move(wake_workers)),
      clock_(clock),
      asked_(registry.AddCounter("refunds_total", "Refunds that operators asked for, by step",
                                 {{"step", "requested"}})),
      submitted_(registry.AddCounter("refunds_total", "Refunds that operators asked for, by step",
                                     {{"step", "submitted"}})),
      failed_(registry.AddCounter("refunds_total", "Refunds that operators asked for, by step",
                                  {{"step", "failed"}})),
      stopping_(std::move(stopping)) {}

// The request counts from when fulfillment has heard of it: whoever has our answer can rely on the
// letter being held, or having been on its way before.
absl::StatusOr<Refund> Refunder::Request(const RefundWish& wish, rpc::Deadline deadline) {
  absl::StatusOr<RequestedRefund> requested = store_.Request(wish, deadline);
  if (!requested.ok()) return requested.status();
  if (requested->due) asked_.Add();
  wake_workers_();
  absl::StatusOr<Refund> refund = store_.Find(requested->refund_id, deadline);
  if (!refund.ok() || refund->state != "requested") return refund;
  const absl::StatusOr<std::string> letter =
      tell_fulfillment_(wish.payment_id, deadline - kAnswerMargin);
  if (requested->due) {
    Work(*requested->due, [&]() -> absl::StatusOr<Pause> {
      return letter.ok() ? Judge(*requested->due, *letter, deadline) : letter.status();
    });
  }
  if (!letter.ok()) return NotHeld(*refund);
  return store_.Find(requested->refund_id, deadline);
}

absl::StatusOr<int> Refunder::WorkBatch() {
  absl::StatusOr<std::vector<DueRefund>> refunds = store_.Claim(kBatch, rpc::In(kStepPatience));
  if (!refunds.ok()) return refunds.status();
  // One after the other, and all of them within the lease: the rest comes back when it ends.
  const rpc::Deadline end = rpc::In(kRefundLease - kStepPatience);
  for (std::span<const DueRefund> left = *refunds; !left.empty(); left = left.subspan(1)) {
    if (std::chrono::steady_clock::now() >= end) break;
    if (stopping_.stop_requested()) {
      GiveBack(left);
      break;
    }
    Work(left.front(), [&] { return Step(left.front(), rpc::In(kStepPatience)); });
  }
  return static_cast<int>(refunds->size());
}

// As they were claimed: another replica has them at once.
void Refunder::GiveBack(std::span<const DueRefund> refunds) {
  const absl::Status given = store_.GiveBack(refunds, rpc::In(kStoreMargin));
  if (!given.ok()) {
    logging::Warning("refunds were not given back; they come back when their lease ends",
                     {{"refunds", refunds.size()}, {"status", given.ToString()}});
  }
}

void Refunder::Work(const DueRefund& refund, const std::function<absl::StatusOr<Pause>()>& step) {
  const logging::ScopedContext scope(logging::ForOrder(refund.payment_id));
  absl::StatusOr<Pause> pause = step();
  if (!pause.ok()) {
    logging::Warning("refund step failed", {{"refund_id", refund.refund_id},
                                            {"payment_id", refund.payment_id},
                                            {"state", refund.state},
                                            {"status", pause.status().ToString()}});
    pause = kRetry.After(refund.failures + 1);
  }
  if (!pause->has_value()) return wake_workers_();
  const absl::StatusOr<bool> put_off = store_.PutOff(refund, **pause, rpc::In(kStoreMargin));
  if (!put_off.ok()) {
    logging::Warning("refund was not put off; it comes back when its lease ends",
                     {{"refund_id", refund.refund_id}, {"status", put_off.status().ToString()}});
  }
}

absl::StatusOr<Refunder::Pause> Refunder::Step(const DueRefund& refund, rpc::Deadline deadline) {
  if (refund.state == "requested") return Hold(refund, deadline);
  if (refund.state == "submitted") return Ask(refund, deadline);
  return Post(refund, deadline);
}

absl::StatusOr<Refunder::Pause> Refunder::Hold(const DueRefund& refund, rpc::Deadline deadline) {
  const absl::StatusOr<std::string> letter = tell_fulfillment_(refund.payment_id, deadline);
  if (!letter.ok()) return letter.status();
  return Judge(refund, *letter, deadline);
}

absl::StatusOr<Refunder::Pause> Refunder::Judge(const DueRefund& refund, std::string_view letter,
                                                rpc::Deadline deadline) {
  switch (VerdictOn(letter, refund)) {
    case LetterVerdict::kWait:
      return kRetry.After(refund.failures + 1);
    case LetterVerdict::kTooLate:
      return Fail(refund, "mailed_meanwhile", /*hold_letter=*/false, deadline);
    case LetterVerdict::kHeld:
      return Done(store_.Hold(refund, /*is_mailed=*/false, deadline));
    case LetterVerdict::kMailed:
      return Done(store_.Hold(refund, /*is_mailed=*/true, deadline));
  }
  return absl::InternalError("a verdict on the letter that does not exist");
}

absl::StatusOr<Refunder::Pause> Refunder::Post(const DueRefund& refund, rpc::Deadline deadline) {
  if (refund.payment_intent.empty()) {
    return Fail(refund, "no_payment_intent", !refund.is_after_mailing, deadline);
  }
  if (refund.failures > 0 || refund.posted_ago.value_or(kKeyIsGood) >= kKeyIsGood) {
    absl::StatusOr<std::optional<StripeRefund>> found = Find(refund, deadline);
    if (!found.ok()) return found.status();
    if (found->has_value()) return Take(refund, **found, deadline);
  }
  const RefundAnswer answer = stripe_.CreateRefund(OrderFor(refund), deadline - kStoreMargin);
  switch (answer.verdict) {
    case CreateVerdict::kCreated:
      return Take(refund, answer.refund, deadline);
    case CreateVerdict::kStoredFailure:
      return Settle(refund, deadline);
    case CreateVerdict::kRefused:
      return Fail(refund, answer.code, !refund.is_after_mailing, deadline);
    case CreateVerdict::kSlowDown:
    case CreateVerdict::kInFlight:
    case CreateVerdict::kUnknown:
      break;
  }
  return std::max<std::chrono::milliseconds>(answer.retry_after, kRetry.After(refund.failures + 1));
}

// The same request will never be answered otherwise, so whatever Stripe has now is all there will be.
absl::StatusOr<Refunder::Pause> Refunder::Settle(const DueRefund& refund, rpc::Deadline deadline) {
  absl::StatusOr<std::optional<StripeRefund>> found = Find(refund, deadline);
  if (!found.ok()) return found.status();
  if (found->has_value()) return Take(refund, **found, deadline);
  return Fail(refund, "stripe_failed", !refund.is_after_mailing, deadline);
}

absl::StatusOr<Refunder::Pause> Refunder::Ask(const DueRefund& refund, rpc::Deadline deadline) {
  absl::StatusOr<std::optional<StripeRefund>> found = Find(refund, deadline);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return absl::NotFoundError("a refund that Stripe had taken is gone");
  return Take(refund, **found, deadline);
}

absl::StatusOr<std::optional<StripeRefund>> Refunder::Find(const DueRefund& refund,
                                                           rpc::Deadline deadline) {
  return stripe_.FindRefund(refund.payment_intent, refund.refund_id, deadline - kStoreMargin);
}

absl::StatusOr<Refunder::Pause> Refunder::Take(const DueRefund& refund, const StripeRefund& told,
                                               rpc::Deadline deadline) {
  const absl::StatusOr<bool> is_new = store_.Take(refund,
                                                  {.stripe_refund_id = told.id,
                                                   .refund_id = refund.refund_id,
                                                   .status = told.status,
                                                   .amount_cents = refund.amount_cents,
                                                   .failure = told.failure_reason,
                                                   .at = clock_.Now()},
                                                  deadline);
  if (!is_new.ok()) return is_new.status();
  if (!*is_new) return kWatch.After(refund.failures + 1);
  submitted_.Add();
  logging::Info("stripe has taken a refund", {{"refund_id", refund.refund_id},
                                              {"payment_id", refund.payment_id},
                                              {"stripe_refund_id", told.id},
                                              {"status", told.status}});
  return std::nullopt;
}

// An operator is alerted by the line: the money is still here.
absl::StatusOr<Refunder::Pause> Refunder::Fail(const DueRefund& refund, std::string_view failure,
                                               bool hold_letter, rpc::Deadline deadline) {
  const absl::StatusOr<bool> failed = store_.Fail(refund, failure, hold_letter, deadline);
  if (!failed.ok()) return failed.status();
  if (*failed) {
    failed_.Add();
    logging::Error(
        "refund failed",
        {{"refund_id", refund.refund_id}, {"payment_id", refund.payment_id}, {"failure", failure}});
  }
  return std::nullopt;
}

}  // namespace fsft::payment
