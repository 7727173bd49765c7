#include "shared/work/pace.h"

#include <algorithm>

namespace fsft::work {

std::optional<std::chrono::seconds> Pace::AwaitTurn(size_t lane) {
  constexpr std::chrono::seconds kNever{0};
  std::unique_lock lock(mutex_);
  Lane& own = lanes_.at(lane);
  if (own.closed) return kNever;
  const Clock::time_point now = Clock::now();
  if (now < silent_until_) return std::chrono::ceil<std::chrono::seconds>(silent_until_ - now);
  const Clock::time_point turn = std::max(now, own.next_turn);
  own.next_turn = turn + interval_;
  if (changed_.wait_until(lock, turn, [&] { return own.closed; })) return kNever;
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

void Pace::Close(size_t lane) {
  {
    const std::lock_guard lock(mutex_);
    lanes_.at(lane).closed = true;
  }
  changed_.notify_all();
}

}  // namespace fsft::work
