#include "services/fulfillment/letter/turns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;

rpc::Deadline Soon() { return rpc::In(20s); }

TEST(Turns, OneAtATime) {
  Turns turns;
  int inside = 0, most = 0;
  const auto work = [&](Turns::Turn turn) {
    ASSERT_NE(turn, nullptr);
    most = std::max(most, ++inside);
    --inside;
  };
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 4; ++i) {
    threads.push_back(std::async(std::launch::async, [&] {
      for (int round = 0; round < 200; ++round) work(turns.ForLetter());
    }));
    threads.push_back(std::async(std::launch::async, [&] {
      for (int round = 0; round < 200; ++round) work(turns.ForPreview(Soon()));
    }));
  }
  for (auto& thread : threads) thread.get();
  EXPECT_EQ(most, 1);
}

TEST(Turns, APreviewThatIsNotServedInTimeGoesAway) {
  Turns turns;
  const Turns::Turn letter = turns.ForLetter();
  EXPECT_EQ(turns.ForPreview(rpc::In(0s)), nullptr);
}

// Whether the preview comes before the turn under way has ended, or in the moment after it.
TEST(Turns, ALetterGoesBeforeAPreviewThatWaits) {
  Turns turns;
  std::vector<std::string> order;
  Turns::Turn under_way = turns.ForPreview(Soon());
  auto letter = std::async(std::launch::async, [&] {
    const Turns::Turn turn = turns.ForLetter();
    order.emplace_back("letter");
  });
  while (turns.letters_waiting() == 0) std::this_thread::yield();
  auto preview = std::async(std::launch::async, [&] {
    const Turns::Turn turn = turns.ForPreview(Soon());
    order.emplace_back("preview");
  });
  under_way.reset();
  preview.get();
  letter.get();
  EXPECT_EQ(order, (std::vector<std::string>{"letter", "preview"}));
}

}  // namespace
}  // namespace fsft::fulfillment
