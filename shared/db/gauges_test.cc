#include "shared/db/gauges.h"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "shared/db/server_gauges.h"
#include "tests/support/test_database.h"

namespace fsft::db {
namespace {

constexpr Statement kSome = {"test.gauges", R"sql(
SELECT 'old', CAST(:age AS bigint) UNION ALL SELECT 'empty', NULL)sql"};
constexpr Statement kOthers = {"test.other_gauges", R"sql(
SELECT 'old', CAST(1 AS bigint) UNION ALL SELECT 'unheard of', 2)sql"};
constexpr Statement kFewer = {"test.fewer_gauges", "SELECT 'old', CAST(1 AS bigint)"};
constexpr Statement kBroken = {"test.broken_gauges", "SELECT 'old', 1 / 0"};

class GaugesTest : public testing::Test {
 protected:
  std::unique_ptr<Database> Open(const char* role) {
    return *Database::Create(
        {.url = test_database_.Url(role), .pool_size = 2, .application_name = "gauges_test"},
        registry_);
  }
  static std::vector<Gauges::Spec> Specs() {
    return {{.row = "old", .name = "age_seconds", .help = "Age."},
            {.row = "empty", .name = "last_age_seconds", .help = "Age of none.", .nothing = -1}};
  }
  double Value(const char* name) { return registry_.AddGauge(name, "").Value(); }

  test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<Database> database_ = Open("payment_rw");
};

TEST_F(GaugesTest, TakeTheValuesOfTheirRows) {
  Gauges gauges(*database_, registry_, kSome, Specs());
  EXPECT_EQ(Value("last_age_seconds"), -1) << "before the first look";
  EXPECT_EQ(*gauges.Measure({{"age", 42}}), 0);
  EXPECT_EQ(Value("age_seconds"), 42);
  EXPECT_EQ(Value("last_age_seconds"), -1);
}

TEST_F(GaugesTest, SayWhenTheStatementIsNotWhatWasAnnounced) {
  EXPECT_TRUE(absl::IsInternal(Gauges(*database_, registry_, kOthers, Specs()).Measure().status()));
  EXPECT_TRUE(absl::IsInternal(Gauges(*database_, registry_, kFewer, Specs()).Measure().status()));
}

TEST_F(GaugesTest, KeepTheirValuesWhenTheDatabaseDoesNotTell) {
  ASSERT_TRUE(Gauges(*database_, registry_, kSome, Specs()).Measure({{"age", 42}}).ok());
  Gauges broken(*database_, registry_, kBroken, {Specs().front()});
  registry_.AddGauge("age_seconds", "").Set(42);
  EXPECT_FALSE(broken.Measure().ok());
  EXPECT_EQ(Value("age_seconds"), 42);
}

class ServerGaugesTest : public GaugesTest {
 protected:
  static Deadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(10); }
  void Measure() {
    const absl::StatusOr<int> measured = gauges_.Measure();
    ASSERT_TRUE(measured.ok()) << measured.status();
  }
  // Measures until the gauge fits, or says why it does not.
  absl::Status Await(const char* gauge, const std::function<bool(double)>& fits) {
    const Deadline end = Soon();
    while (std::chrono::steady_clock::now() < end) {
      if (const auto measured = gauges_.Measure(); !measured.ok()) return measured.status();
      if (fits(Value(gauge))) return absl::OkStatus();
    }
    return absl::DeadlineExceededError(std::string(gauge) + " stays wrong");
  }

  Gauges gauges_ = ServerGauges(*database_, registry_);
};

// The other session is another role's, whose doings only some may see.
TEST_F(ServerGaugesTest, SeeASnapshotThatSomebodyElseKeeps) {
  constexpr Statement kLook = {"test.look", "SELECT count(*) FROM intake.request_keys"};
  constexpr Statement kIsolate = {"test.isolate",
                                  "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"};
  ASSERT_NO_FATAL_FAILURE(Measure());
  EXPECT_EQ(Value("db_oldest_snapshot_age_seconds"), 0);
  auto other = Open("intake_rw");
  const auto status = other->RunTransaction(Soon(), [&](Transaction& transaction) -> absl::Status {
    if (auto isolated = transaction.Run(kIsolate, {}); !isolated.ok()) return isolated.status();
    if (auto looked = transaction.Run(kLook, {}); !looked.ok()) return looked.status();
    return Await("db_oldest_snapshot_age_seconds", [](double age) { return age >= 1; });
  });
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_NO_FATAL_FAILURE(Measure());
  EXPECT_EQ(Value("db_oldest_snapshot_age_seconds"), 0);
}

TEST_F(ServerGaugesTest, SeeWhoWaitsForALock) {
  constexpr Statement kLock = {"test.lock", "SELECT pg_advisory_xact_lock(42)"};
  auto other = Open("intake_rw");
  std::jthread waiting;
  const auto status = other->RunTransaction(Soon(), [&](Transaction& transaction) -> absl::Status {
    if (auto locked = transaction.Run(kLock, {}); !locked.ok()) return locked.status();
    waiting = std::jthread([&] { EXPECT_TRUE(other->Run(kLock, {}, Soon()).ok()); });
    return Await("db_lock_waiters", [](double waiters) { return waiters == 1; });
  });
  ASSERT_TRUE(status.ok()) << status;
  waiting.join();
  ASSERT_NO_FATAL_FAILURE(Measure());
  EXPECT_EQ(Value("db_lock_waiters"), 0);
  EXPECT_GE(Value("db_server_connections"), 3);
  EXPECT_GT(Value("db_server_connections_max"), Value("db_server_connections"));
}

}  // namespace
}  // namespace fsft::db
