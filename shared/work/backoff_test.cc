#include "shared/work/backoff.h"

#include <gtest/gtest.h>

namespace fsft::work {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Backoff kMailing{.first = seconds(30), .cap = hours(1)};
constexpr double kMiddle = 0.5;

TEST(Backoff, DoublesFromTheFirstPause) {
  EXPECT_EQ(kMailing.After(1, kMiddle), seconds(30));
  EXPECT_EQ(kMailing.After(2, kMiddle), seconds(60));
  EXPECT_EQ(kMailing.After(5, kMiddle), seconds(480));
}

TEST(Backoff, StopsGrowingAtTheCap) {
  EXPECT_EQ(kMailing.After(8, kMiddle), hours(1));
  EXPECT_EQ(kMailing.After(1'000'000, kMiddle), hours(1));
}

TEST(Backoff, SpreadsByAFifthEitherWay) {
  EXPECT_EQ(kMailing.After(1, 0), seconds(24));
  EXPECT_LT(kMailing.After(1, 0.999999), seconds(36));
  for (int i = 0; i < 100; ++i) {
    EXPECT_GE(kMailing.After(1), seconds(24));
    EXPECT_LT(kMailing.After(1), seconds(36));
  }
}

}  // namespace
}  // namespace fsft::work
