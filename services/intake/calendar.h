#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// "2026-11-02" and nothing else; nothing for a date that does not exist.
std::optional<absl::CivilDay> ParseIsoDate(std::string_view text);
std::string FormatIsoDate(absl::CivilDay day);

// The day that it is at `now` in a time zone. Deadlines count in the city's days, not in the
// server's.
absl::CivilDay DayIn(absl::TimeZone zone, time::TimePoint now);

}  // namespace fsft::intake
