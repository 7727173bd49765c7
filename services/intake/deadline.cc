#include "services/intake/deadline.h"

#include <algorithm>

#include "services/intake/calendar.h"

namespace fsft::intake {

namespace {

constexpr int kUrgentDays = 3;

}  // namespace

AppealDeadline DeadlineOf(const Authority& authority, absl::CivilDay violation,
                          time::TimePoint now) {
  const absl::CivilDay day = violation + authority.row.appeal_days;
  const auto left = static_cast<int>(day - DayIn(authority.time_zone, now));
  return {.day = day,
          .days_remaining = std::max(0, left),
          .is_urgent = left >= 0 && left <= kUrgentDays,
          .is_past = left < 0};
}

}  // namespace fsft::intake
