#include "services/fulfillment/address/allowance.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace fsft::fulfillment {
namespace {

using Answer = Allowance::Answer;
using std::chrono::minutes;
using std::chrono::seconds;

class AllowanceTest : public ::testing::Test {
 protected:
  time::FakeClock clock_{time::TimePoint(std::chrono::hours(500'000))};
};

TEST_F(AllowanceTest, GrantsSoManyInAnHour) {
  Allowance allowance(2, clock_);
  EXPECT_EQ(allowance.Take(), Answer::kGranted);
  clock_.Advance(minutes(30));
  EXPECT_EQ(allowance.Take(), Answer::kGranted);
  EXPECT_EQ(allowance.Take(), Answer::kUsedUp);
  clock_.Advance(minutes(31));
  EXPECT_EQ(allowance.Take(), Answer::kGranted) << "the first is an hour ago";
  EXPECT_EQ(allowance.Take(), Answer::kUsedUp);
}

TEST_F(AllowanceTest, GrantsNothingInAPause) {
  Allowance allowance(10, clock_);
  allowance.Pause(seconds(30));
  allowance.Pause(seconds(10));
  clock_.Advance(seconds(29));
  EXPECT_EQ(allowance.Take(), Answer::kPaused) << "a shorter pause ends no longer one";
  clock_.Advance(seconds(1));
  EXPECT_EQ(allowance.Take(), Answer::kGranted);
}

TEST_F(AllowanceTest, ManyAtOnceGetNoMoreThanThereIs) {
  Allowance allowance(50, clock_);
  std::atomic<int> granted = 0;
  {
    std::vector<std::jthread> customers;
    for (int i = 0; i < 8; ++i) {
      customers.emplace_back([&] {
        for (int j = 0; j < 20; ++j) granted += allowance.Take() == Answer::kGranted ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(granted, 50);
}

}  // namespace
}  // namespace fsft::fulfillment
