#include "shared/rpc/gate.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "shared/metrics/metrics.h"

namespace fsft::rpc {
namespace {

class GateTest : public testing::Test {
 protected:
  metrics::Registry metrics_;
  metrics::Gauge& in_use_ = metrics_.AddGauge("in_use", "Inside.");
};

TEST_F(GateTest, LetsInNoMoreThanItsLimit) {
  Gate gate(2, in_use_);
  const Gate::Pass first = gate.TryEnter();
  const Gate::Pass second = gate.TryEnter();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(gate.TryEnter());
  EXPECT_EQ(in_use_.Value(), 2);
}

TEST_F(GateTest, MakesRoomWhenACallLeaves) {
  Gate gate(1, in_use_);
  { const Gate::Pass pass = gate.TryEnter(); }
  EXPECT_TRUE(gate.TryEnter());
  EXPECT_EQ(in_use_.Value(), 0);
}

TEST_F(GateTest, HoldsItsLimitAgainstManyThreads) {
  constexpr int kLimit = 3;
  Gate gate(kLimit, in_use_);
  std::atomic<int> inside = 0;
  std::atomic<int> entered = 0;
  std::atomic<bool> exceeded = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 5000; ++turn) {
        const Gate::Pass pass = gate.TryEnter();
        if (!pass) continue;
        ++entered;
        if (++inside > kLimit) exceeded = true;
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_GT(entered, 0);
  EXPECT_EQ(in_use_.Value(), 0);
}

}  // namespace
}  // namespace fsft::rpc
