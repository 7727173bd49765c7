#include "shared/work/pace.h"

#include <algorithm>
#include <thread>

namespace fsft::work {

std::optional<std::chrono::seconds> Pace::AwaitTurn() {
  Clock::time_point turn;
  {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (now < silent_until_) return std::chrono::ceil<std::chrono::seconds>(silent_until_ - now);
    turn = std::max(now, next_turn_);
    next_turn_ = turn + interval_;
  }
  std::this_thread::sleep_until(turn);
  return std::nullopt;
}

void Pace::BeSilentFor(std::chrono::seconds pause) {
  const std::lock_guard lock(mutex_);
  silent_until_ = std::max(silent_until_, Clock::now() + pause);
}

bool Pace::Silent() {
  const std::lock_guard lock(mutex_);
  return Clock::now() < silent_until_;
}

}  // namespace fsft::work
