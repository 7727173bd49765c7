#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace fsft::work {

// How fast one replica may ask a service of somebody else. Thread-safe.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // At most one request per `interval`, on the average and at any time.
  explicit Pace(Clock::duration interval) : interval_(interval) {}

  // Waits for the caller's turn, which others may hold up by no more than an interval each. The
  // time that is left instead while the service wants to hear nothing of us; do not ask it then.
  std::optional<std::chrono::seconds> AwaitTurn();
  // The service has asked for silence (429).
  void BeSilentFor(std::chrono::seconds pause);
  // Whether it is of any use to begin something now.
  bool Silent();

 private:
  const Clock::duration interval_;
  std::mutex mutex_;
  Clock::time_point next_turn_{};
  Clock::time_point silent_until_{};
};

}  // namespace fsft::work
