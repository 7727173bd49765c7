#include "services/payment/circuit_breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace fsft::payment {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class CircuitBreakerTest : public testing::Test {
 protected:
  void Fail(int times) {
    for (int i = 0; i < times; ++i) breaker_.Leave(breaker_.Enter(), false);
  }
  bool Allows() { return breaker_.Enter().allowed; }

  time::FakeClock clock_{time::TimePoint(seconds(1'700'000'000))};
  metrics::Registry registry_;
  CircuitBreaker breaker_{clock_, registry_, {.failures = 3, .pause = seconds(10)}};
};

TEST_F(CircuitBreakerTest, LetsAllPassWhileFailuresAreSingle) {
  for (int i = 0; i < 5; ++i) {
    Fail(2);
    breaker_.Leave(breaker_.Enter(), true);
  }
  EXPECT_TRUE(Allows());
}

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARowAndSaysWhenToComeBack) {
  Fail(3);
  clock_.Advance(std::chrono::milliseconds(2500));
  const CircuitBreaker::Entry entry = breaker_.Enter();
  EXPECT_FALSE(entry.allowed);
  EXPECT_EQ(entry.retry_after, seconds(8));
  clock_.Advance(std::chrono::milliseconds(7499));
  EXPECT_EQ(breaker_.Enter().retry_after, seconds(1));
}

TEST_F(CircuitBreakerTest, LetsASingleCallThroughAfterThePause) {
  Fail(3);
  clock_.Advance(seconds(10));
  std::atomic<int> allowed = 0;
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { allowed += breaker_.Enter().allowed ? 1 : 0; });
  }
  threads.clear();
  EXPECT_EQ(allowed, 1);
}

// Also while somebody looks whether it is over: nobody knows yet.
TEST_F(CircuitBreakerTest, IsOpenUntilACallIsAnswered) {
  Fail(2);
  EXPECT_FALSE(breaker_.IsOpen());
  Fail(1);
  EXPECT_TRUE(breaker_.IsOpen());
  clock_.Advance(seconds(10));
  const CircuitBreaker::Entry entry = breaker_.Enter();
  EXPECT_TRUE(breaker_.IsOpen());
  breaker_.Leave(entry, true);
  EXPECT_FALSE(breaker_.IsOpen());
}

TEST_F(CircuitBreakerTest, ClosesWhenThatCallIsAnswered) {
  Fail(3);
  clock_.Advance(seconds(10));
  const CircuitBreaker::Entry probe = breaker_.Enter();
  EXPECT_TRUE(probe.probe);
  breaker_.Leave(probe, true);
  EXPECT_TRUE(Allows());
  Fail(2);
  EXPECT_TRUE(Allows());
}

TEST_F(CircuitBreakerTest, StaysOpenForAnotherPauseWhenItIsNot) {
  Fail(3);
  clock_.Advance(seconds(10));
  breaker_.Leave(breaker_.Enter(), false);
  EXPECT_FALSE(Allows());
  clock_.Advance(seconds(9));
  EXPECT_FALSE(Allows());
  clock_.Advance(seconds(1));
  EXPECT_TRUE(Allows());
}

TEST_F(CircuitBreakerTest, ListensToNobodyWhoBeganBeforeItOpened) {
  const CircuitBreaker::Entry early = breaker_.Enter();
  const CircuitBreaker::Entry late = breaker_.Enter();
  Fail(3);
  breaker_.Leave(early, true);
  EXPECT_FALSE(Allows());
  clock_.Advance(seconds(9));
  breaker_.Leave(late, false);
  clock_.Advance(seconds(1));
  EXPECT_TRUE(Allows());
}

TEST_F(CircuitBreakerTest, SendsAnotherProbeWhenOneIsNeverHeardOf) {
  Fail(3);
  clock_.Advance(seconds(10));
  EXPECT_TRUE(Allows());
  EXPECT_FALSE(Allows());
  clock_.Advance(seconds(10));
  EXPECT_TRUE(Allows());
}

TEST_F(CircuitBreakerTest, IsNotOpenForLongerWhenTheClockIsSetBack) {
  Fail(3);
  clock_.Advance(-seconds(3600));
  EXPECT_TRUE(Allows());
}

TEST_F(CircuitBreakerTest, ShowsItsState) {
  Fail(3);
  EXPECT_FALSE(Allows());
  EXPECT_THAT(registry_.Serialize(), HasSubstr("stripe_breaker_open 1"));
  EXPECT_THAT(registry_.Serialize(), HasSubstr("stripe_breaker_openings_total 1"));
  EXPECT_THAT(registry_.Serialize(), HasSubstr("stripe_breaker_refused_total 1"));
  clock_.Advance(seconds(10));
  breaker_.Leave(breaker_.Enter(), true);
  EXPECT_THAT(registry_.Serialize(), HasSubstr("stripe_breaker_open 0"));
}

}  // namespace
}  // namespace fsft::payment
