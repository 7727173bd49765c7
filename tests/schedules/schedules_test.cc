#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "shared/logging/logging.h"
#include "tests/schedules/schedule.h"

namespace fsft::schedules {
namespace {

constexpr uint32_t kSchedules = 2'000;

// The seed of --seed=N, or zero for all.
uint32_t only_seed = 0;

// Empty, or the breaches of tests/invariants.sql: rule and id, and the id tells the seed.
std::string Breaches(World& world) {
  std::ifstream file(FSFT_INVARIANTS);
  std::stringstream sql;
  sql << file.rdbuf();
  EXPECT_FALSE(sql.str().empty()) << "no " << FSFT_INVARIANTS;
  return world.database.Query("postgres",
                              "WITH breaches (rule, id) AS (" + sql.str() +
                                  ") SELECT string_agg(rule || ': ' || id, chr(10)) FROM breaches");
}

TEST(Schedules, EndAsTheModelSays) {
  World world;
  const uint32_t first = only_seed > 0 ? only_seed : 1;
  const uint32_t last = only_seed > 0 ? only_seed : kSchedules;
  for (uint32_t seed = first; seed <= last; ++seed) {
    Schedule(world, seed).Run();
    ASSERT_FALSE(HasFailure()) << "repeat it with --seed=" << seed;
  }
  EXPECT_EQ(Breaches(world), "") << "the first eight digits of an id are the seed, in hexadecimal";
}

}  // namespace
}  // namespace fsft::schedules

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--seed="))
      fsft::schedules::only_seed = static_cast<uint32_t>(std::stoul(argument.substr(7)));
  }
  // Of one schedule every step is told; of thousands even the faults are too many to read.
  using fsft::logging::Level;
  fsft::logging::Init("schedules_test",
                      fsft::schedules::only_seed > 0 ? Level::kInfo : Level::kError);
  return RUN_ALL_TESTS();
}
