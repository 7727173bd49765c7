#include "tests/sandbox/lob/dates.h"

#include <chrono>

namespace fsft::sandbox::lob {

std::string FormatMillis(time::TimePoint when) {
  std::string text = time::FormatRfc3339(when);  // …:01.123456Z
  return text.substr(0, text.size() - 4) + "Z";
}

std::string ExpectedDelivery(time::TimePoint sent) {
  std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(sent);
  for (int working_days = 5; working_days > 0;) {
    day += std::chrono::days(1);
    const std::chrono::weekday weekday(day);
    if (weekday != std::chrono::Saturday && weekday != std::chrono::Sunday) --working_days;
  }
  return time::FormatRfc3339(day).substr(0, 10);
}

std::optional<time::TimePoint> ParseDate(const std::string& text) {
  const bool bare = text.size() == 10;
  const absl::StatusOr<time::TimePoint> when =
      time::ParseRfc3339(bare ? text + "T00:00:00Z" : text);
  return when.ok() ? std::optional<time::TimePoint>(*when) : std::nullopt;
}

}  // namespace fsft::sandbox::lob
