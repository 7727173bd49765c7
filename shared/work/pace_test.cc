#include "shared/work/pace.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace fsft::work {
namespace {

using namespace std::chrono_literals;

TEST(Pace, TurnsAreAtLeastAnIntervalApart) {
  constexpr int kTurns = 12;
  Pace pace(5ms);
  const auto begin = Pace::Clock::now();
  std::atomic<int> left{kTurns};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (left.fetch_sub(1) > 0) EXPECT_FALSE(pace.AwaitTurn().has_value());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(Pace::Clock::now() - begin, (kTurns - 1) * 5ms);
}

TEST(Pace, LanesDoNotHoldUpEachOther) {
  Pace pace(1h, 2);
  EXPECT_FALSE(pace.AwaitTurn(0).has_value());
  EXPECT_FALSE(pace.AwaitTurn(1).has_value());
  pace.BeSilentFor(30s);
  EXPECT_TRUE(pace.AwaitTurn(0).has_value());
  EXPECT_TRUE(pace.AwaitTurn(1).has_value());
}

TEST(Pace, InAClosedLaneNobodyGetsATurnOrWaitsForOne) {
  Pace pace(1h, 2);
  EXPECT_FALSE(pace.AwaitTurn(1).has_value());
  std::thread waiting([&] { EXPECT_EQ(pace.AwaitTurn(1), 0s); });
  pace.Close(1);
  waiting.join();
  EXPECT_EQ(pace.AwaitTurn(1), 0s);
  EXPECT_FALSE(pace.AwaitTurn(0).has_value());
}

TEST(Pace, WhenSilenceIsWantedNobodyGetsATurn) {
  Pace pace(1ms);
  EXPECT_FALSE(pace.Silent());
  pace.BeSilentFor(30s);
  EXPECT_TRUE(pace.Silent());
  const auto left = pace.AwaitTurn();
  ASSERT_TRUE(left.has_value());
  EXPECT_GT(*left, 28s);
  EXPECT_LE(*left, 30s);
}

TEST(Pace, AShorterWishDoesNotEndALongerSilence) {
  Pace pace(1ms);
  pace.BeSilentFor(30s);
  pace.BeSilentFor(1s);
  EXPECT_GT(pace.AwaitTurn().value_or(0s), 28s);
}

}  // namespace
}  // namespace fsft::work
