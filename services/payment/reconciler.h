#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/check_store.h"
#include "services/payment/session_check.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/deadline.h"
#include "shared/rpc/gate.h"
#include "shared/work/backoff.h"
#include "shared/work/pace.h"

namespace fsft::payment {

// What a round over pending payments has shown.
struct CheckReport {
  int64_t checked = 0;
  // Moved to where they belong: money had come, or will not come.
  int64_t paid = 0;
  int64_t ended = 0;
  // Sessions that Stripe had and we had not stored.
  int64_t found = 0;
  // Not everything was looked at.
  bool more = false;
};

// Looks up pending payments at Stripe, so that none depends on a webhook arriving. Every replica may
// run one: a claim keeps them from asking the same, and doing it twice does no harm. It asks no
// faster than its pace, and is silent for growing times while Stripe does not answer.
class Reconciler {
 public:
  struct Options {
    // The pause before the second look, doubling up to an hour.
    std::chrono::seconds first_pause{300};
    // While Stripe does not answer.
    work::Backoff silence{.first = std::chrono::seconds(5), .cap = std::chrono::minutes(1)};
    // When this process ends: the look that is under way is finished, and the rest given back.
    std::stop_token stopping = {};
  };

  // All outlive it.
  Reconciler(CheckStore& store, SessionCheck& check, work::Pace& pace, metrics::Registry& registry,
             Options options);

  // The step of a Worker: one batch of what is due. Answers how many it found.
  absl::StatusOr<int> CheckBatch();

  // For an operator: every pending payment older than `min_age`, as far as the deadline allows.
  // UNAVAILABLE "stripe_unavailable" when Stripe does not answer.
  absl::StatusOr<CheckReport> CheckAll(std::chrono::seconds min_age, rpc::Deadline deadline);

  // For a customer who looks at a pending payment: asks once in ten seconds at most, and waits for
  // two at most. True: Stripe was asked, read the payment again.
  bool CheckForReader(std::string_view payment_id, rpc::Deadline deadline);

  // The step of another Worker: shows how far behind we are.
  absl::StatusOr<int> Measure();

 private:
  // Looks at them one after the other; an error as soon as there is no sense in going on.
  absl::Status CheckEach(std::span<const ClaimedCheck> checks, CheckReport& report,
                         rpc::Deadline deadline);
  absl::Status CheckOne(const ClaimedCheck& check, CheckReport& report, rpc::Deadline deadline);
  absl::Status Settle(const ClaimedCheck& check, const CheckedSession& checked, CheckReport& report,
                      rpc::Deadline deadline);
  void GiveBack(std::span<const ClaimedCheck> checks, std::chrono::milliseconds pause);
  void BeSilent(const absl::Status& status);
  void Count(std::string_view outcome);

  CheckStore& store_;
  SessionCheck& check_;
  const Options options_;
  const work::Backoff pauses_;
  work::Pace& pace_;
  // Batches in a row that Stripe did not answer.
  std::atomic<int> failures_{0};
  rpc::Gate readers_;
  metrics::Gauge& overdue_;
  metrics::Gauge& cursor_age_;
  const std::map<std::string, metrics::Counter*, std::less<>> counters_;
};

}  // namespace fsft::payment
