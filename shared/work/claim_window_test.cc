#include "shared/work/claim_window.h"

#include <gtest/gtest.h>

namespace fsft::work {
namespace {

using namespace std::chrono_literals;

constexpr double kMargin = std::chrono::duration<double>(ClaimWindow::kMargin).count();
constexpr double kYear = 365 * 24 * 3600;

class ClaimWindowTest : public testing::Test {
 protected:
  // A quick claim that was as late as that with the newest job that it took; answers how far back
  // it looked.
  double Claim(std::chrono::milliseconds late = 0ms) {
    const ClaimWindow::Look look = window_.Begin(now_);
    window_.End(look, late, now_ + 1ms);
    return look.BackSeconds();
  }

  ClaimWindow window_;
  ClaimWindow::Time now_ = std::chrono::steady_clock::now();
};

TEST_F(ClaimWindowTest, TheFirstClaimLooksAtEverything) { EXPECT_GT(Claim(), kYear); }

TEST_F(ClaimWindowTest, LaterOnesBeginWhereTheLastOneLeftNothing) {
  Claim();
  now_ += 3s;
  EXPECT_DOUBLE_EQ(Claim(), 3 + kMargin);
  now_ += 1s;
  EXPECT_DOUBLE_EQ(Claim(), 1 + kMargin);
}

TEST_F(ClaimWindowTest, AFullBatchLeavesWhatIsDueAfterItsNewestJob) {
  Claim(/*late=*/20min);
  now_ += 1s;
  EXPECT_DOUBLE_EQ(Claim(/*late=*/10min), 20 * 60 + 1 + kMargin);
  now_ += 1s;
  EXPECT_DOUBLE_EQ(Claim(), 10 * 60 + 1 + kMargin);
  EXPECT_DOUBLE_EQ(Claim(), kMargin);
}

TEST_F(ClaimWindowTest, AFailedClaimProvesNothing) {
  Claim();
  now_ += 1s;
  window_.Begin(now_);
  now_ += 1s;
  EXPECT_DOUBLE_EQ(Claim(), 2 + kMargin);
}

TEST_F(ClaimWindowTest, ASlowClaimProvesNothing) {
  Claim();
  now_ += 1s;
  const ClaimWindow::Look slow = window_.Begin(now_);
  now_ += 3s;
  window_.End(slow, 0ms, now_);
  EXPECT_DOUBLE_EQ(Claim(), 4 + kMargin);
}

TEST_F(ClaimWindowTest, NothingIsHiddenForLongerThanItSays) {
  Claim();
  for (const ClaimWindow::Time end = now_ + ClaimWindow::kWholeEvery - 1s; now_ < end; now_ += 1s) {
    EXPECT_LT(Claim(), kYear);
  }
  now_ += 1s;
  EXPECT_GT(Claim(), kYear);
  EXPECT_LT(Claim(), kYear);
}

TEST_F(ClaimWindowTest, WhatAWholeLookFoundIsNotHiddenAgain) {
  Claim();
  now_ += ClaimWindow::kWholeEvery;
  const ClaimWindow::Look ordinary = {.begin = now_, .from = now_ - 1s};
  Claim(/*late=*/1h);
  window_.End(ordinary, 0ms, now_ + 1ms);
  now_ += 1s;
  EXPECT_DOUBLE_EQ(Claim(), 3600 + 1 + kMargin);
}

}  // namespace
}  // namespace fsft::work
