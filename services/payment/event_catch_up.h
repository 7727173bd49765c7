#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/catch_up_store.h"
#include "services/payment/stripe_client.h"
#include "services/payment/webhooks.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/deadline.h"
#include "shared/work/backoff.h"
#include "shared/work/pace.h"

namespace fsft::payment {

// What a reading has brought.
struct CatchUpReport {
  // On Stripe's list, and never told to us before.
  int64_t read = 0;
  int64_t applied = 0;
  // Stripe has more than one reading takes.
  bool more = false;
  // Events that still wait for their payment; for operators only.
  int64_t unmatched_left = 0;
};

// Reads Stripe's list of events, which goes back thirty days, and takes what no webhook has brought:
// refunds and disputes, too, of which nothing else would tell. Replicas take turns. The last hour is
// read again and again, because an event may appear on the list later than it happened.
class EventCatchUp {
 public:
  struct Options {
    // Between two readings. Younger events are left to their webhook.
    std::chrono::seconds pause{300};
    // Of a reading; twice as much is a lease.
    std::chrono::seconds patience{60};
    // A hundred events each. What has more is read in shorter stretches of time.
    int pages = 20;
    // When this process ends: the page that is under way is finished, and the cursor given back.
    std::stop_token stopping = {};
    work::Backoff backoff{.first = std::chrono::seconds(5), .cap = std::chrono::minutes(10)};
  };

  // All outlive it.
  EventCatchUp(CatchUpStore& store, const StripeClient& stripe, Webhooks& webhooks,
               work::Pace& pace, metrics::Registry& registry, Options options);

  // The step of a Worker: one reading when it is due, and one when there is more. Answers how many
  // events were new.
  absl::StatusOr<int> ReadWhenDue();

  // For an operator: reads now, the youngest events too, and tries those again that wait.
  // UNAVAILABLE "stripe_unavailable" or "stripe_busy" when Stripe could not be asked.
  absl::StatusOr<CatchUpReport> ReadNow(rpc::Deadline deadline);

  // Tries events again that came before their payments were known: the next stretch of what waits,
  // in turn.
  void TryWaiting(rpc::Deadline deadline);

 private:
  // A stretch of time, and what was on Stripe's list for it and not in our tables.
  struct Reading {
    std::vector<StripeEvent> news = {};
    int64_t read = 0;
    // There are more pages than one reading takes.
    bool overflow = false;
  };
  absl::StatusOr<CatchUpReport> Read(const EventCursor& cursor, std::chrono::seconds min_age,
                                     rpc::Deadline deadline);
  absl::StatusOr<Reading> List(time::TimePoint from, time::TimePoint until, rpc::Deadline deadline);
  absl::Status Apply(Reading& reading, rpc::Deadline deadline);
  bool Stopping() const { return options_.stopping.stop_requested(); }
  void GiveBack(const EventCursor& cursor);
  void PutOff(const EventCursor& cursor, const absl::Status& status);

  CatchUpStore& store_;
  const StripeClient& stripe_;
  Webhooks& webhooks_;
  work::Pace& pace_;
  const Options options_;
  metrics::Counter& listed_;
  metrics::Counter& missed_;

  // How much time is read at once; halved where there is too much.
  std::atomic<std::chrono::seconds> stretch_;
  std::mutex mutex_;
  // Where TryWaiting goes on.
  std::string tried_to_;
};

}  // namespace fsft::payment
