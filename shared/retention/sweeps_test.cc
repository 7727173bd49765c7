#include "shared/retention/sweeps.h"

#include <gtest/gtest.h>

#include "tests/support/test_database.h"

namespace fsft::retention {
namespace {

constexpr db::Statement kOneRow = {"test.one_row", R"sql(
SELECT id, at, true FROM (SELECT CAST('00000000-0000-7000-8000-000000000001' AS uuid) AS id,
                                 CAST('2020-01-01' AS timestamptz) AS at) AS row
WHERE at < now() - make_interval(days => CAST(:days AS integer))
  AND (at, id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
LIMIT CAST(:batch AS integer))sql"};

class SweepsTest : public testing::Test {
 protected:
  // A kind of one row, whose end is noted by its name.
  Kind Named(std::string_view name) {
    return {.name = name,
            .look = &kOneRow,
            .keep = std::chrono::days(1),
            .settle = [this, name](const std::vector<std::string>&) -> absl::StatusOr<int> {
              done_.append(name).append(" ");
              if (name == broken_) return absl::UnavailableError("broken");
              return 1;
            }};
  }
  Sweeps MakeSweeps(config::Retention mode = config::Retention::kOn) {
    return Sweeps({Named("one"), Named("two")}, *database_, registry_, mode);
  }

  const test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_ =
      *db::Database::Create({.url = test_database_.Url("intake_rw"), .pool_size = 1}, registry_);
  std::string done_;
  std::string_view broken_;
};

TEST_F(SweepsTest, TakesTheKindsInTheirOrderAndEndsThePass) {
  Sweeps sweeps = MakeSweeps();
  EXPECT_EQ(*sweeps.Step(), 1);
  EXPECT_EQ(*sweeps.Step(), 1);
  EXPECT_EQ(*sweeps.Step(), 0);
  EXPECT_EQ(done_, "one two ");
}

TEST_F(SweepsTest, AKindThatFailsDoesNotHoldUpTheOthers) {
  broken_ = "one";
  Sweeps sweeps = MakeSweeps();
  EXPECT_FALSE(sweeps.Step().ok());
  EXPECT_EQ(*sweeps.Step(), 1);
  EXPECT_EQ(*sweeps.Step(), 0);
  EXPECT_EQ(done_, "one two ");
}

TEST_F(SweepsTest, OffItDoesNothing) {
  Sweeps sweeps = MakeSweeps(config::Retention::kOff);
  work::Workers workers{std::stop_source()};
  sweeps.Start(workers);
  EXPECT_EQ(*sweeps.Step(), 0);
  EXPECT_EQ(done_, "");
}

}  // namespace
}  // namespace fsft::retention
