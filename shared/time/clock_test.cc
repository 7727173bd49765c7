#include "shared/time/clock.h"

#include <gtest/gtest.h>

namespace fsft::time {
namespace {

using namespace std::chrono_literals;

TEST(FakeClock, StandsStillUntilAdvanced) {
  const TimePoint start = TimePoint() + 1000s;
  FakeClock clock(start);
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(1500ms);
  EXPECT_EQ(clock.Now(), start + 1500ms);
  clock.Set(start - 1h);
  EXPECT_EQ(clock.Now(), start - 1h);
}

TEST(SystemClock, IsTheSystemsTime) {
  const TimePoint before = std::chrono::system_clock::now();
  const TimePoint now = SystemClock().Now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(UnixSeconds, RoundsTowardsThePast) {
  EXPECT_EQ(UnixSeconds(TimePoint() + 1999ms), 1);
  EXPECT_EQ(UnixSeconds(TimePoint() - 1ms), -1);
  EXPECT_EQ(UnixSeconds(TimePoint()), 0);
}

}  // namespace
}  // namespace fsft::time
