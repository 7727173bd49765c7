#include "services/intake/calendar.h"

#include <gtest/gtest.h>

namespace fsft::intake {
namespace {

TEST(Calendar, ReadsIsoDates) {
  EXPECT_EQ(ParseIsoDate("2026-11-02"), absl::CivilDay(2026, 11, 2));
  EXPECT_EQ(ParseIsoDate("2024-02-29"), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(FormatIsoDate(absl::CivilDay(2026, 1, 9)), "2026-01-09");
}

TEST(Calendar, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026-2-3", "2026/11/02", "2025-02-29", "2026-13-01", "2026-00-10", "2026-11-31",
        "20261102", "2026-11-02T00:00", "-026-11-02", "2026-1a-02", "11-02-2026"}) {
    EXPECT_FALSE(ParseIsoDate(text).has_value()) << text;
  }
}

TEST(Calendar, KnowsTheCitysDayAroundItsMidnight) {
  absl::TimeZone los_angeles;
  ASSERT_TRUE(absl::LoadTimeZone("America/Los_Angeles", &los_angeles));
  // 07:59:59 and 08:00:00 UTC are one second before and at midnight of November 22 in Los Angeles.
  const auto before = time::ParseRfc3339("2026-11-22T07:59:59Z");
  const auto after = time::ParseRfc3339("2026-11-22T08:00:00Z");
  EXPECT_EQ(DayIn(los_angeles, *before), absl::CivilDay(2026, 11, 21));
  EXPECT_EQ(DayIn(los_angeles, *after), absl::CivilDay(2026, 11, 22));
}

}  // namespace
}  // namespace fsft::intake
