#include "shared/logging/repeats.h"

#include <gtest/gtest.h>

namespace fsft::logging {
namespace {

using std::chrono::seconds;

class RepeatsTest : public testing::Test {
 protected:
  Repeats repeats_;
  Repeats::Time now_{seconds(1'000)};
};

TEST_F(RepeatsTest, TheFirstLineOfAKindIsWritten) {
  EXPECT_EQ(repeats_.Say("down", now_), 0);
  EXPECT_EQ(repeats_.Say("slow", now_), 0);
}

TEST_F(RepeatsTest, TheNextMinutesLinesAreLeftOutAndCounted) {
  EXPECT_EQ(repeats_.Say("down", now_), 0);
  for (int i = 0; i < 59; ++i) EXPECT_EQ(repeats_.Say("down", now_ += seconds(1)), std::nullopt);
  EXPECT_EQ(repeats_.Say("down", now_ += seconds(1)), 59);
  EXPECT_EQ(repeats_.Say("down", now_ += seconds(1)), std::nullopt);
  EXPECT_EQ(repeats_.Say("down", now_ += seconds(60)), 1);
}

TEST_F(RepeatsTest, MoreKindsThanItRemembersAreAllWritten) {
  for (int kind = 0; kind < 1'000; ++kind) {
    EXPECT_EQ(repeats_.Say(std::to_string(kind), now_ += seconds(1)), 0);
  }
  EXPECT_EQ(repeats_.Say("999", now_), std::nullopt);
  EXPECT_EQ(repeats_.Say("0", now_), 0) << "forgotten, for newer ones";
}

}  // namespace
}  // namespace fsft::logging
