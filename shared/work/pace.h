#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

namespace fsft::work {

// How fast one replica may ask a service of somebody else. Thread-safe.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // At most one request per `interval`, on the average and at any time, in each lane: a service
  // may count some kinds of requests apart from others.
  explicit Pace(Clock::duration interval, size_t lanes = 1) : interval_(interval), lanes_(lanes) {}

  // Waits for the caller's turn, which others of the lane may hold up by no more than an interval
  // each. The time that is left instead while the service wants to hear nothing of us, and zero
  // when the lane is closed; do not ask it then.
  std::optional<std::chrono::seconds> AwaitTurn(size_t lane = 0);
  // The service has asked for silence (429), in whatever lane.
  void BeSilentFor(std::chrono::seconds pause);
  // Whether it is of any use to begin something now.
  bool Silent();

  // Nobody gets a turn in this lane any more, nor waits for one: this process ends.
  void Close(size_t lane = 0);

 private:
  struct Lane {
    Clock::time_point next_turn{};
    bool closed = false;
  };

  const Clock::duration interval_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Lane> lanes_;
  Clock::time_point silent_until_{};
};

}  // namespace fsft::work
