#include "tests/sandbox/api/records.h"

#include <gtest/gtest.h>

#include <future>

namespace fsft::sandbox {
namespace {

bool Any(const Json&) { return true; }

TEST(Records, KeepsTheNewest) {
  Records records(2);
  for (const char* name : {"a", "b", "c"}) records.Add({{"name", name}});
  EXPECT_EQ(records.List(Any), Json::parse(R"([{"name":"b","seq":2},{"name":"c","seq":3}])"));
}

TEST(Records, KeepsNothingWithoutCapacity) {
  Records records(0);
  records.Update(records.Add({{"name", "a"}}), {{"status", 200}});
  EXPECT_TRUE(records.List(Any).empty());
}

TEST(Records, UpdatesWhatIsStillKept) {
  Records records(1);
  const uint64_t first = records.Add({{"status", nullptr}});
  records.Update(first, {{"status", 200}});
  EXPECT_EQ(records.List(Any)[0]["status"], 200);
  records.Add({{"status", nullptr}});
  records.Update(first, {{"status", 500}});
  EXPECT_EQ(records.List(Any)[0]["status"], nullptr);
}

TEST(Records, WaitsForWhatIsToCome) {
  Records records(10);
  auto waiting = std::async(std::launch::async, [&] {
    return records.List([](const Json& entry) { return entry["name"] == "b"; }, 1,
                        std::chrono::milliseconds(10'000));
  });
  records.Add({{"name", "a"}});
  records.Add({{"name", "b"}});
  EXPECT_EQ(waiting.get().size(), 1u);
}

TEST(Records, StopEndsTheWaiting) {
  Records records(10);
  auto waiting =
      std::async(std::launch::async, [&] { return records.List(Any, 1, std::chrono::hours(1)); });
  records.Stop();
  EXPECT_TRUE(waiting.get().empty());
}

}  // namespace
}  // namespace fsft::sandbox
