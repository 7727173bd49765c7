#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "shared/time/clock.h"

namespace fsft::time {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

const TimePoint kAfternoon = sys_days(2026y / 11 / 2) + 17h + 40min + 1s + 123456us;

TEST(FormatRfc3339, AlwaysHasSixDecimals) {
  EXPECT_EQ(FormatRfc3339(kAfternoon), "2026-11-02T17:40:01.123456Z");
  EXPECT_EQ(FormatRfc3339(TimePoint()), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatRfc3339(sys_days(2024y / 2 / 29) + 23h + 59min + 59s + 999999999ns),
            "2024-02-29T23:59:59.999999Z");
}

TEST(FormatRfc3339, RoundsTowardsThePastBefore1970) {
  EXPECT_EQ(FormatRfc3339(TimePoint() - 1ns), "1969-12-31T23:59:59.999999Z");
}

TEST(ParseRfc3339, ReadsWhatFormatWrites) {
  EXPECT_EQ(ParseRfc3339(FormatRfc3339(kAfternoon)).value(), kAfternoon);
}

TEST(ParseRfc3339, ReadsEveryWayToWriteOneInstant) {
  for (const char* text : {
           "2026-11-02T17:40:01.123456Z",
           "2026-11-02t17:40:01.123456000z",
           "2026-11-02T19:40:01.123456+02:00",
           "2026-11-02T09:40:01.123456-08:00",
           "2026-11-03T03:10:01.123456+09:30",
           "2026-11-02 17:40:01.123456+00",
           "2026-11-02 18:40:01.123456+01",
       }) {
    const auto parsed = ParseRfc3339(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(*parsed, kAfternoon) << text;
  }
}

TEST(ParseRfc3339, TakesAnyNumberOfDecimalsUpToNine) {
  EXPECT_EQ(ParseRfc3339("1970-01-01T00:00:00Z").value(), TimePoint());
  EXPECT_EQ(ParseRfc3339("1970-01-01T00:00:00.5Z").value(), TimePoint() + 500ms);
  EXPECT_EQ(ParseRfc3339("1970-01-01T00:00:00.000000001Z").value(), TimePoint() + 1ns);
  EXPECT_EQ(ParseRfc3339("1969-12-31T23:59:59.25Z").value(), TimePoint() - 750ms);
}

TEST(ParseRfc3339, RefusesWhatIsNotATime) {
  for (const char* text : {
           "",
           "infinity",
           "2026-11-02",
           "2026-11-02T17:40:01",  // no offset: whose time would it be?
           "2026-11-02T17:40:01.Z",
           "2026-11-02T17:40:01.1234567890Z",
           "2026-11-02T17:40:01Z ",
           " 2026-11-02T17:40:01Z",
           "2026-11-02T17:40:01+0100",
           "2026-11-02T17:40:01+01:",
           "2026-11-02T17:40:01+24:00",
           "2026-11-02T24:00:00Z",
           "2026-11-02T17:60:00Z",
           "2026-11-02T17:40:60Z",  // a leap second
           "2026-02-29T00:00:00Z",  // not a leap year
           "2026-13-01T00:00:00Z",
           "2026-00-01T00:00:00Z",
           "2026-11-31T00:00:00Z",
           "1677-12-31T00:00:00Z",  // beyond 64 bits of nanoseconds
           "2262-01-01T00:00:00Z",
           "+2026-11-02T17:40:01Z",
           "2026-1-2T17:40:01Z",
       }) {
    EXPECT_FALSE(ParseRfc3339(text).ok()) << text;
  }
  EXPECT_FALSE(ParseRfc3339(std::string("2026-11-02T17:40:01Z\0", 21)).ok());
}

TEST(ParseRfc3339, KeepsTheLastRepresentableDay) {
  EXPECT_EQ(FormatRfc3339(ParseRfc3339("2261-12-31T23:59:59.999999999-23:59").value()),
            "2262-01-01T23:58:59.999999Z");
}

}  // namespace
}  // namespace fsft::time
