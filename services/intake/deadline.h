#pragma once

#include "absl/time/civil_time.h"
#include "services/intake/registry.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Until when an appeal must be sent, in the days of the authority's city: the server's clock may
// show another day. The deadline day itself still counts.
struct AppealDeadline {
  absl::CivilDay day;
  // 0 on that day, and after it.
  int days_remaining = 0;
  // At most three days remain.
  bool is_urgent = false;
  bool is_past = false;
};

AppealDeadline DeadlineOf(const Authority& authority, absl::CivilDay violation,
                          time::TimePoint now);

}  // namespace fsft::intake
