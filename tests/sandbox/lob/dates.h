#pragma once

#include <optional>
#include <string>

#include "shared/time/clock.h"

namespace fsft::sandbox::lob {

// "2026-11-02T17:40:01.123Z", as Lob writes times.
std::string FormatMillis(time::TimePoint when);

// The day on which a first-class letter should arrive: five working days later, "2026-11-09".
std::string ExpectedDelivery(time::TimePoint sent);

// Lob's date filters take a time or a bare date (its midnight, UTC). Nothing for anything else.
std::optional<time::TimePoint> ParseDate(const std::string& text);

}  // namespace fsft::sandbox::lob
