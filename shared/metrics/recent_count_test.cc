#include "shared/metrics/recent_count.h"

#include <gtest/gtest.h>

namespace fsft::metrics {
namespace {

time::TimePoint AtMinute(int minute) {
  return time::TimePoint(std::chrono::minutes(30'000'000 + minute));
}

TEST(RecentCount, CountsTheLastHourOnly) {
  RecentCount count;
  count.Add(AtMinute(0));
  count.Add(AtMinute(0));
  count.Add(AtMinute(59));
  EXPECT_EQ(count.InLastHour(AtMinute(59)), 3);
  EXPECT_EQ(count.InLastHour(AtMinute(60)), 1);
  EXPECT_EQ(count.InLastHour(AtMinute(119)), 0);
}

TEST(RecentCount, ReusesTheSlotOfAnHourAgo) {
  RecentCount count;
  count.Add(AtMinute(5));
  count.Add(AtMinute(65));
  EXPECT_EQ(count.InLastHour(AtMinute(65)), 1);
}

}  // namespace
}  // namespace fsft::metrics
