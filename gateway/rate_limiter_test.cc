#include "gateway/rate_limiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace fsft::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

RateLimiter::Clock::time_point now;
RateLimiter::Clock::time_point Now() { return now; }

http::Ip Client(uint32_t number) {
  http::Ip ip{};
  for (size_t i = 0; i < 4; ++i) ip[12 + i] = static_cast<uint8_t>(number >> (8 * i));
  return ip;
}

class RateLimiterTest : public testing::Test {
 protected:
  RateLimiterTest() { now = RateLimiter::Clock::time_point(seconds(1000)); }

  int TakeAll(RateLimiter& limiter, const http::Ip& client, uint32_t what, int per_minute) {
    int taken = 0;
    while (taken < 10'000 && !limiter.Take(client, what, per_minute)) ++taken;
    return taken;
  }

  RateLimiter limiter_{1 << 10, &Now};
};

TEST_F(RateLimiterTest, AMinutesTokensMayBeTakenAtOnce) {
  EXPECT_EQ(TakeAll(limiter_, Client(1), 0, 30), 30);
}

TEST_F(RateLimiterTest, AfterTheTimeItSaysThereIsOneAndNotASecondOne) {
  TakeAll(limiter_, Client(1), 0, 30);
  for (int i = 0; i < 100; ++i) {
    const auto wait = limiter_.Take(Client(1), 0, 30);
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, seconds(2));
    now += *wait - milliseconds(1);
    EXPECT_TRUE(limiter_.Take(Client(1), 0, 30)) << "a moment too early";
    now += milliseconds(1);
    EXPECT_FALSE(limiter_.Take(Client(1), 0, 30));
  }
}

TEST_F(RateLimiterTest, ARefusalCostsNothing) {
  TakeAll(limiter_, Client(1), 0, 1);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limiter_.Take(Client(1), 0, 1));
  now += minutes(1);
  EXPECT_FALSE(limiter_.Take(Client(1), 0, 1));
}

TEST_F(RateLimiterTest, ABucketFillsUpToAMinutesTokensAndNotBeyond) {
  TakeAll(limiter_, Client(1), 0, 30);
  now += seconds(20);
  EXPECT_EQ(TakeAll(limiter_, Client(1), 0, 30), 10);
  now += minutes(60);
  EXPECT_EQ(TakeAll(limiter_, Client(1), 0, 30), 30);
}

TEST_F(RateLimiterTest, EachClientHasABucketForEachThing) {
  EXPECT_EQ(TakeAll(limiter_, Client(1), 0, 5), 5);
  EXPECT_EQ(TakeAll(limiter_, Client(1), 1, 7), 7);
  EXPECT_EQ(TakeAll(limiter_, Client(2), 0, 5), 5);
}

TEST_F(RateLimiterTest, ALookTakesNothing) {
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limiter_.Peek(Client(1), 0, 1));
  EXPECT_FALSE(limiter_.Take(Client(1), 0, 1));
  EXPECT_EQ(limiter_.Peek(Client(1), 0, 1), minutes(1));
}

// Its places are full of clients who have taken one of 60 tokens, and they cannot push out the one
// who has taken all.
TEST_F(RateLimiterTest, AFloodOfAddressesIsForgottenBeforeWhoeverIsLimited) {
  RateLimiter small(64, &Now);
  TakeAll(small, Client(0), 0, 60);
  for (uint32_t client = 1; client <= 100'000; ++client) {
    EXPECT_FALSE(small.Take(Client(client), 0, 60)) << "a stranger suffers for others";
  }
  EXPECT_TRUE(small.Take(Client(0), 0, 60));
}

TEST_F(RateLimiterTest, ThreadsThatTakeTogetherTakeNoMoreThanThereIs) {
  std::atomic<int> taken{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { taken += TakeAll(limiter_, Client(1), 0, 1000); });
  }
  threads.clear();
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace fsft::gateway
