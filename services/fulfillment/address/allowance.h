#pragma once

#include <chrono>
#include <mutex>

#include "shared/metrics/recent_count.h"
#include "shared/time/clock.h"

namespace fsft::fulfillment {

// How often somebody who is paid by the question may be asked, and when he is to be left alone.
// Never waits: who asks has a customer who does. Thread-safe.
class Allowance {
 public:
  enum class Answer { kGranted, kUsedUp, kPaused };

  // So many in any hour. `clock` outlives it.
  Allowance(int per_hour, const time::Clock& clock) : per_hour_(per_hour), clock_(clock) {}

  // Grants one question, or none.
  Answer Take();
  // Grants nothing for so long.
  void Pause(std::chrono::seconds time);

 private:
  const int per_hour_;
  const time::Clock& clock_;
  std::mutex mutex_;
  metrics::RecentCount taken_;
  time::TimePoint paused_until_{};
};

}  // namespace fsft::fulfillment
