#include "shared/metrics/recent_count.h"

namespace fsft::metrics {

namespace {

int64_t MinuteOf(time::TimePoint now) { return time::UnixSeconds(now) / 60; }

}  // namespace

void RecentCount::Add(time::TimePoint now) {
  const int64_t minute = MinuteOf(now);
  std::lock_guard lock(mutex_);
  Minute& slot = minutes_[minute % minutes_.size()];
  if (slot.minute != minute) slot = {.minute = minute};
  ++slot.count;
}

int64_t RecentCount::InLastHour(time::TimePoint now) const {
  const int64_t minute = MinuteOf(now);
  std::lock_guard lock(mutex_);
  int64_t total = 0;
  for (const Minute& slot : minutes_) {
    if (slot.minute > minute - static_cast<int64_t>(minutes_.size())) total += slot.count;
  }
  return total;
}

}  // namespace fsft::metrics
