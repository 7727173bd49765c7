#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "shared/time/clock.h"

namespace fsft::metrics {

// How often something happened in the last hour, to the minute. Thread-safe; of fixed size.
class RecentCount {
 public:
  void Add(time::TimePoint now);
  int64_t InLastHour(time::TimePoint now) const;

 private:
  struct Minute {
    // Minutes since 1970 that the count is of.
    int64_t minute = 0;
    int64_t count = 0;
  };

  mutable std::mutex mutex_;
  std::array<Minute, 60> minutes_;
};

}  // namespace fsft::metrics
