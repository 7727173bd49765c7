#pragma once

#include <atomic>
#include <chrono>
#include <limits>

namespace fsft::smtp {

// Whether conversations are to end; a client's, and shared with them. Internal to this folder.
class Stopping {
 public:
  using Clock = std::chrono::steady_clock;

  // The first time counts.
  void Begin(std::chrono::milliseconds patience) {
    Clock::rep expected = kNotBegun;
    patience_end_.compare_exchange_strong(expected,
                                          (Clock::now() + patience).time_since_epoch().count());
  }
  bool Begun() const { return patience_end_ != kNotBegun; }
  bool IsPatienceOver() const {
    return Begun() && Clock::now().time_since_epoch().count() >= patience_end_;
  }

 private:
  static constexpr Clock::rep kNotBegun = std::numeric_limits<Clock::rep>::max();
  std::atomic<Clock::rep> patience_end_{kNotBegun};
};

}  // namespace fsft::smtp
