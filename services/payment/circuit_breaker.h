#pragma once

#include <chrono>
#include <mutex>

#include "shared/metrics/metrics.h"
#include "shared/time/clock.h"

namespace fsft::payment {

struct BreakerOptions {
  int failures = 5;  // in a row
  std::chrono::seconds pause{10};
};

// Keeps calls away from somebody who does not answer, so that they fail at once instead of waiting
// for nothing. Closed, all calls pass; after so many failures in a row it opens and lets none pass;
// after a pause a single call is let through to see, and its end closes the breaker or opens it for
// another pause. Thread-safe.
class CircuitBreaker {
 public:
  // Whether a call may be made. The caller of one that may tells its end, once.
  struct Entry {
    bool allowed = false;
    bool probe = false;
    // When it may not: when to come back, a second at least.
    std::chrono::seconds retry_after{0};
  };

  // `clock` and `registry` outlive it.
  CircuitBreaker(const time::Clock& clock, metrics::Registry& registry,
                 BreakerOptions options = {});

  Entry Enter();
  // `answered`: whether the other side did its part, whatever it said.
  void Leave(const Entry& entry, bool answered);

  // Whether the other side did not answer when it was asked last, time and again.
  bool IsOpen();

 private:
  enum class State { kClosed, kOpen, kProbing };

  void Open();
  void Close();
  std::chrono::nanoseconds PauseLeft() const;

  const time::Clock& clock_;
  const BreakerOptions options_;
  metrics::Gauge& open_;
  metrics::Counter& openings_;
  metrics::Counter& refused_;
  std::mutex mutex_;
  State state_ = State::kClosed;
  int failures_ = 0;
  // When the pause began, or the probe.
  time::TimePoint since_;
};

}  // namespace fsft::payment
