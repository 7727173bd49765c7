#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fsft::time {

using TimePoint = std::chrono::system_clock::time_point;

// The only source of "now" in product code, so that a test can own the time. Times that two
// processes compare are not taken from here but from the database: two machines' clocks differ.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::system_clock::now(); }
};

// For tests: stands still until told otherwise. Any thread may advance it while others read.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(TimePoint now) : now_(now.time_since_epoch()) {}

  TimePoint Now() const override { return TimePoint(now_.load()); }
  void Advance(std::chrono::nanoseconds step);
  void Set(TimePoint now) { now_ = now.time_since_epoch(); }

 private:
  std::atomic<TimePoint::duration> now_;
};

// "2026-11-02T17:40:01.123456Z": always UTC, always six decimals, so that texts sort like the times
// they stand for.
std::string FormatRfc3339(TimePoint when);

// Reads RFC 3339 with any offset and up to nine decimals (those beyond the clock's resolution are
// dropped), and PostgreSQL's own output "2026-11-02 17:40:01.123456+00". kInvalidArgument for
// everything else, among it dates that do not exist, a missing offset, and what system_clock cannot
// hold: leap seconds, "infinity", years before 1678 and after 2261.
absl::StatusOr<TimePoint> ParseRfc3339(std::string_view text);

// Whole seconds since 1970, rounded towards the past.
int64_t UnixSeconds(TimePoint when);

}  // namespace fsft::time
