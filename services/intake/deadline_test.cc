#include "services/intake/deadline.h"

#include <gtest/gtest.h>

#include "services/intake/calendar.h"

namespace fsft::intake {
namespace {

Authority In(const char* zone) {
  Authority authority;
  authority.row.appeal_days = 21;
  EXPECT_TRUE(absl::LoadTimeZone(zone, &authority.time_zone)) << zone;
  return authority;
}

struct DeadlineCase {
  const char* zone;
  const char* violation;
  const char* now;
  const char* deadline;
  int days_remaining;
  bool is_urgent;
  bool is_past;
};

// The first and the last second of days, in UTC. Defect 30 of the predecessor: on the deadline day
// itself it said that the deadline had passed, and by the server's day at that.
const DeadlineCase kCases[] = {
    // An ordinary day in Los Angeles, summer time, UTC-7.
    {"America/Los_Angeles", "2026-06-01", "2026-06-19T06:59:59Z", "2026-06-22", 4, false, false},
    {"America/Los_Angeles", "2026-06-01", "2026-06-19T07:00:00Z", "2026-06-22", 3, true, false},
    {"America/Los_Angeles", "2026-06-01", "2026-06-22T06:59:59Z", "2026-06-22", 1, true, false},
    {"America/Los_Angeles", "2026-06-01", "2026-06-22T07:00:00Z", "2026-06-22", 0, true, false},
    {"America/Los_Angeles", "2026-06-01", "2026-06-23T06:59:59Z", "2026-06-22", 0, true, false},
    {"America/Los_Angeles", "2026-06-01", "2026-06-23T07:00:00Z", "2026-06-22", 0, false, true},
    // The deadline day is the one that loses an hour: 23 hours from 08:00 to 07:00 UTC.
    {"America/Los_Angeles", "2026-02-15", "2026-03-08T07:59:59Z", "2026-03-08", 1, true, false},
    {"America/Los_Angeles", "2026-02-15", "2026-03-08T08:00:00Z", "2026-03-08", 0, true, false},
    {"America/Los_Angeles", "2026-02-15", "2026-03-09T06:59:59Z", "2026-03-08", 0, true, false},
    {"America/Los_Angeles", "2026-02-15", "2026-03-09T07:00:00Z", "2026-03-08", 0, false, true},
    // The deadline day is the one that gains an hour: 25 hours from 07:00 to 08:00 UTC.
    {"America/Los_Angeles", "2026-10-11", "2026-11-01T06:59:59Z", "2026-11-01", 1, true, false},
    {"America/Los_Angeles", "2026-10-11", "2026-11-01T07:00:00Z", "2026-11-01", 0, true, false},
    {"America/Los_Angeles", "2026-10-11", "2026-11-02T07:59:59Z", "2026-11-01", 0, true, false},
    {"America/Los_Angeles", "2026-10-11", "2026-11-02T08:00:00Z", "2026-11-01", 0, false, true},
    // Both changes lie between the violation and the deadline's midnight.
    {"America/New_York", "2026-02-15", "2026-03-08T04:59:59Z", "2026-03-08", 1, true, false},
    {"America/New_York", "2026-02-15", "2026-03-08T05:00:00Z", "2026-03-08", 0, true, false},
    {"America/New_York", "2026-02-15", "2026-03-09T03:59:59Z", "2026-03-08", 0, true, false},
    {"America/New_York", "2026-02-15", "2026-03-09T04:00:00Z", "2026-03-08", 0, false, true},
    {"America/New_York", "2026-10-11", "2026-11-01T03:59:59Z", "2026-11-01", 1, true, false},
    {"America/New_York", "2026-10-11", "2026-11-01T04:00:00Z", "2026-11-01", 0, true, false},
    {"America/New_York", "2026-10-11", "2026-11-02T04:59:59Z", "2026-11-01", 0, true, false},
    {"America/New_York", "2026-10-11", "2026-11-02T05:00:00Z", "2026-11-01", 0, false, true},
    {"America/Denver", "2026-02-15", "2026-03-08T06:59:59Z", "2026-03-08", 1, true, false},
    {"America/Denver", "2026-02-15", "2026-03-08T07:00:00Z", "2026-03-08", 0, true, false},
    {"America/Denver", "2026-02-15", "2026-03-09T05:59:59Z", "2026-03-08", 0, true, false},
    {"America/Denver", "2026-02-15", "2026-03-09T06:00:00Z", "2026-03-08", 0, false, true},
    {"America/Denver", "2026-10-11", "2026-11-01T05:59:59Z", "2026-11-01", 1, true, false},
    {"America/Denver", "2026-10-11", "2026-11-01T06:00:00Z", "2026-11-01", 0, true, false},
    {"America/Denver", "2026-10-11", "2026-11-02T06:59:59Z", "2026-11-01", 0, true, false},
    {"America/Denver", "2026-10-11", "2026-11-02T07:00:00Z", "2026-11-01", 0, false, true},
    // Phoenix keeps the same time on the days when Denver does not.
    {"America/Phoenix", "2026-02-15", "2026-03-08T06:59:59Z", "2026-03-08", 1, true, false},
    {"America/Phoenix", "2026-02-15", "2026-03-08T07:00:00Z", "2026-03-08", 0, true, false},
    {"America/Phoenix", "2026-02-15", "2026-03-09T06:59:59Z", "2026-03-08", 0, true, false},
    {"America/Phoenix", "2026-02-15", "2026-03-09T07:00:00Z", "2026-03-08", 0, false, true},
    {"America/Phoenix", "2026-10-11", "2026-11-01T06:59:59Z", "2026-11-01", 1, true, false},
    {"America/Phoenix", "2026-10-11", "2026-11-01T07:00:00Z", "2026-11-01", 0, true, false},
    {"America/Phoenix", "2026-10-11", "2026-11-02T06:59:59Z", "2026-11-01", 0, true, false},
    {"America/Phoenix", "2026-10-11", "2026-11-02T07:00:00Z", "2026-11-01", 0, false, true},
    // Across a year's end and a leap day.
    {"America/New_York", "2027-12-20", "2028-01-10T12:00:00Z", "2028-01-10", 0, true, false},
    {"America/New_York", "2028-02-10", "2028-02-29T12:00:00Z", "2028-03-02", 2, true, false},
};

TEST(AppealDeadline, CountsTheDaysOfTheCityAcrossMidnightAndDaylightSaving) {
  for (const DeadlineCase& c : kCases) {
    const time::FakeClock clock(*time::ParseRfc3339(c.now));
    const AppealDeadline deadline = DeadlineOf(In(c.zone), *ParseIsoDate(c.violation), clock.Now());
    const std::string name = std::string(c.zone) + " " + c.now;
    EXPECT_EQ(FormatIsoDate(deadline.day), c.deadline) << name;
    EXPECT_EQ(deadline.days_remaining, c.days_remaining) << name;
    EXPECT_EQ(deadline.is_urgent, c.is_urgent) << name;
    EXPECT_EQ(deadline.is_past, c.is_past) << name;
  }
}

}  // namespace
}  // namespace fsft::intake
