#pragma once

#include <atomic>
#include <chrono>

#include "shared/time/clock.h"

namespace fsft::sandbox {

// The machine's time plus what tests have added to it, so that a session can expire and an
// idempotency key can be forgotten without anybody waiting for a day. Only this program sees it:
// webhook signatures carry the true time, as their receivers compare it with their own.
class SandboxClock final : public time::Clock {
 public:
  time::TimePoint Now() const override {
    return std::chrono::system_clock::now() + std::chrono::seconds(ahead_.load());
  }
  void Advance(std::chrono::seconds step) { ahead_ += step.count(); }

 private:
  std::atomic<std::chrono::seconds::rep> ahead_{0};
};

}  // namespace fsft::sandbox
