#pragma once

#include <span>
#include <stop_token>

#include "absl/status/statusor.h"
#include "services/payment/refund_store.h"
#include "services/payment/relay.h"
#include "services/payment/stripe_client.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// Leads refunds from the operator's wish to Stripe's word: the letter is held before the money goes.
// Each step is on disk before the next one begins, so a crash only repeats what is safe to repeat.
// Thread-safe.
class Refunder {
 public:
  // All outlive it. `wake_workers` is called after a commit that others must hear of, or that leaves
  // a next step to be done.
  Refunder(RefundStore& store, const StripeClient& stripe, TellFulfillment tell_fulfillment,
           std::function<void()> wake_workers, const time::Clock& clock,
           metrics::Registry& registry, std::stop_token stopping = {});

  // Takes the wish and holds the letter: an answer means that nothing is mailed that was not on its
  // way before. Errors are RefundStore::Request's, and UNAVAILABLE "refund_not_held" with ids: it is
  // stored and goes on by itself, but fulfillment has not answered; the same wish asks again.
  absl::StatusOr<Refund> Request(const RefundWish& wish, rpc::Deadline deadline);

  // One batch; the step of a Worker. Answers how many refunds were due. What fails is put off, and
  // is no error of the step; whoever stops gives back what was not begun.
  absl::StatusOr<int> WorkBatch();

 private:
  // The pause until the step is tried again; nothing: it is done.
  using Pause = std::optional<std::chrono::milliseconds>;

  void GiveBack(std::span<const DueRefund> refunds);
  // Runs a step and puts the refund off when it asks for that or fails.
  void Work(const DueRefund& refund, const std::function<absl::StatusOr<Pause>()>& step);
  absl::StatusOr<Pause> Step(const DueRefund& refund, rpc::Deadline deadline);
  absl::StatusOr<Pause> Hold(const DueRefund& refund, rpc::Deadline deadline);
  absl::StatusOr<Pause> Judge(const DueRefund& refund, std::string_view letter,
                              rpc::Deadline deadline);
  absl::StatusOr<Pause> Post(const DueRefund& refund, rpc::Deadline deadline);
  absl::StatusOr<Pause> Settle(const DueRefund& refund, rpc::Deadline deadline);
  absl::StatusOr<Pause> Ask(const DueRefund& refund, rpc::Deadline deadline);
  absl::StatusOr<std::optional<StripeRefund>> Find(const DueRefund& refund, rpc::Deadline deadline);
  absl::StatusOr<Pause> Take(const DueRefund& refund, const StripeRefund& told,
                             rpc::Deadline deadline);
  absl::StatusOr<Pause> Fail(const DueRefund& refund, std::string_view failure, bool hold_letter,
                             rpc::Deadline deadline);

  RefundStore& store_;
  const StripeClient& stripe_;
  const TellFulfillment tell_fulfillment_;
  const std::function<void()> wake_workers_;
  const time::Clock& clock_;
  metrics::Counter& asked_;
  metrics::Counter& submitted_;
  metrics::Counter& failed_;
  const std::stop_token stopping_;
};

}  // namespace fsft::payment
