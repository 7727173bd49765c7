#include "services/fulfillment/address/remembered_verdicts.h"

#include <gtest/gtest.h>

namespace fsft::fulfillment {
namespace {

class RememberedVerdictsTest : public ::testing::Test {
 protected:
  static Address House(int number) {
    return {.line1 = std::to_string(number) + " Main St",
            .city = "Oakland",
            .state = "CA",
            .zip = "94607"};
  }

  time::FakeClock clock_{time::TimePoint(std::chrono::hours(500'000))};
  RememberedVerdicts remembered_{clock_};
};

TEST_F(RememberedVerdictsTest, KnowsAnAddressForAnHour) {
  EXPECT_EQ(remembered_.Find(House(1)), std::nullopt);
  remembered_.Remember(House(1), Deliverability::kUndeliverable);
  clock_.Advance(std::chrono::minutes(59));
  EXPECT_EQ(remembered_.Find(House(1)), Deliverability::kUndeliverable);
  EXPECT_EQ(remembered_.Find(House(2)), std::nullopt);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(remembered_.Find(House(1)), std::nullopt);
}

TEST_F(RememberedVerdictsTest, EveryPartCounts) {
  remembered_.Remember(House(1), Deliverability::kDeliverable);
  for (const auto part :
       {&Address::line1, &Address::line2, &Address::city, &Address::state, &Address::zip}) {
    Address other = House(1);
    (other.*part) += "x";
    EXPECT_EQ(remembered_.Find(other), std::nullopt);
  }
  Address moved = House(1);
  moved.line2 = moved.city;
  moved.city = "";
  EXPECT_EQ(remembered_.Find(moved), std::nullopt) << "the same words in another place";
}

TEST_F(RememberedVerdictsTest, TheLastWordCounts) {
  remembered_.Remember(House(1), Deliverability::kUndeliverable);
  remembered_.Remember(House(1), Deliverability::kDeliverable);
  EXPECT_EQ(remembered_.Find(House(1)), Deliverability::kDeliverable);
}

TEST_F(RememberedVerdictsTest, ForgetsTheOldestForTheNewest) {
  for (int i = 0; i < 5'000; ++i) remembered_.Remember(House(i), Deliverability::kDeliverable);
  EXPECT_EQ(remembered_.Find(House(0)), std::nullopt);
  EXPECT_EQ(remembered_.Find(House(903)), std::nullopt);
  EXPECT_EQ(remembered_.Find(House(904)), Deliverability::kDeliverable);
  EXPECT_EQ(remembered_.Find(House(4'999)), Deliverability::kDeliverable);
}

}  // namespace
}  // namespace fsft::fulfillment
