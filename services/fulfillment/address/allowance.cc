#include "services/fulfillment/address/allowance.h"

#include <algorithm>

namespace fsft::fulfillment {

Allowance::Answer Allowance::Take() {
  const std::lock_guard lock(mutex_);
  const time::TimePoint now = clock_.Now();
  if (now < paused_until_) return Answer::kPaused;
  if (taken_.InLastHour(now) >= per_hour_) return Answer::kUsedUp;
  taken_.Add(now);
  return Answer::kGranted;
}

void Allowance::Pause(std::chrono::seconds time) {
  const std::lock_guard lock(mutex_);
  paused_until_ = std::max(paused_until_, clock_.Now() + time);
}

}  // namespace fsft::fulfillment
