#include "shared/db/gauges.h"

#include <gtest/gtest.h>

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
    EXPECT_TRUE(measured.ok()) << measured.status();
  }

  Gauges gauges_ = ServerGauges(*database_, registry_);
};

// The other session is another role's, whose doings only some may see.
TEST_F(ServerGaugesTest, SeeASnapshotThatSomebodyElseKeeps) {
  constexpr Statement kLook = {"test.look", "SELECT count(*) FROM intake.request_keys"};
  constexpr Statement kIsolate = {"test.isolate",
                                  "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"};
  Measure();
  EXPECT_EQ(Value("db_oldest_snapshot_age_seconds"), 0);
  auto other = Open("intake_rw");
  const auto status = other->RunTransaction(Soon(), [&](Transaction& transaction) -> absl::Status {
    if (auto isolated = transaction.Run(kIsolate, {}); !isolated.ok()) return isolated.status();
    if (auto looked = transaction.Run(kLook, {}); !looked.ok()) return looked.status();
    while (Value("db_oldest_snapshot_age_seconds") < 1) Measure();
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  Measure();
  EXPECT_EQ(Value("db_oldest_snapshot_age_seconds"), 0);
}

TEST_F(ServerGaugesTest, SeeWhoWaitsForALock) {
  constexpr Statement kLock = {"test.lock", "SELECT pg_advisory_xact_lock(42)"};
  auto other = Open("intake_rw");
  std::jthread waiting;
  const auto status = other->RunTransaction(Soon(), [&](Transaction& transaction) -> absl::Status {
    if (auto locked = transaction.Run(kLock, {}); !locked.ok()) return locked.status();
    waiting = std::jthread([&] { EXPECT_TRUE(other->Run(kLock, {}, Soon()).ok()); });
    while (Value("db_lock_waiters") != 1) Measure();
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  waiting.join();
  Measure();
  EXPECT_EQ(Value("db_lock_waiters"), 0);
  EXPECT_GE(Value("db_server_connections"), 3);
  EXPECT_GT(Value("db_server_connections_max"), Value("db_server_connections"));
}

}  // namespace
}  // namespace fsft::db
