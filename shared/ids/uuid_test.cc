#include "shared/ids/uuid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "shared/ids/random.h"

namespace fsft::ids {
namespace {

using namespace std::chrono_literals;

// Ids only go forward within a process, so each test takes a later hour than the ones before it.
time::TimePoint NextHour() {
  static time::TimePoint hour{time::TimePoint::duration(1'800'000'000s)};
  return hour += 1h;
}

uint64_t Milliseconds(const std::string& id) {
  return std::stoull(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
}

TEST(NewUuidV7, HasVersionVariantAndTime) {
  const time::TimePoint now = NextHour() + 123ms;
  const std::string id = NewUuidV7(now);
  EXPECT_TRUE(IsUuid(id)) << id;
  EXPECT_EQ(id[14], '7') << id;
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
  EXPECT_EQ(Milliseconds(id), static_cast<uint64_t>(now.time_since_epoch() / 1ms));
}

TEST(NewUuidV7, SortsAfterAllEarlierOnesInTheSameMillisecond) {
  const time::TimePoint now = NextHour();
  std::string before = NewUuidV7(now);
  for (int i = 0; i < 10'000; ++i) {  // more than the counter holds: it runs over into the time
    const std::string id = NewUuidV7(now);
    ASSERT_LT(before, id);
    before = id;
  }
  EXPECT_LE(Milliseconds(before) - static_cast<uint64_t>(now.time_since_epoch() / 1ms), 3u);
}

TEST(NewUuidV7, SortsForwardWhenTheClockStepsBack) {
  const time::TimePoint now = NextHour();
  const std::string before = NewUuidV7(now);
  EXPECT_LT(before, NewUuidV7(now - 10min));
  EXPECT_LT(before, NewUuidV7(time::TimePoint() - 1h));  // not even before 1970
}

TEST(NewUuidV7, NeverRepeatsAcrossThreads) {
  constexpr int kThreads = 4, kEach = 5'000;
  const time::TimePoint now = NextHour();
  std::vector<std::vector<std::string>> made(kThreads);
  {
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (auto& mine : made) {
      threads.emplace_back([&mine, now] {
        for (int i = 0; i < kEach; ++i) mine.push_back(NewUuidV7(now));
      });
    }
  }
  std::set<std::string> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), static_cast<size_t>(kThreads * kEach));
}

TEST(IsUuid, WantsTheCanonicalForm) {
  EXPECT_TRUE(IsUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  for (const char* text : {
           "",
           "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
           "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
           "017f22e279b07cc398c4dc0c0c07398f",
           "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
           "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ",
           "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
           "017f22e2-79b0-7cc3-98c4dc0c-0c07398f",
           "017f22e2'79b0'7cc3'98c4'dc0c0c07398f",
       }) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

TEST(RandomWord, DoesNotRepeatAcrossBatchesOrThreads) {
  std::set<uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(RandomWord());
  std::jthread([&seen] {
    for (int i = 0; i < 1'000; ++i) seen.insert(RandomWord());
  }).join();
  EXPECT_EQ(seen.size(), 2'000u);
}

}  // namespace
}  // namespace fsft::ids
