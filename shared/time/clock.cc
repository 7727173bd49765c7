#include "shared/time/clock.h"

namespace fsft::time {

void FakeClock::Advance(std::chrono::nanoseconds step) {
  auto before = now_.load();
  while (!now_.compare_exchange_weak(before, before + step)) {
  }
}

int64_t UnixSeconds(TimePoint when) {
  return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

}  // namespace fsft::time
