#include "shared/db/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "shared/db/errors.h"
#include "shared/metrics/metrics.h"
#include "tests/support/test_database.h"

namespace fsft::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Run as intake_rw, the role of a service: request_keys is a table that it may write and delete.
constexpr Statement kInsert = {"test.insert", R"sql(
INSERT INTO intake.request_keys (key_hmac, digest, intake_id, draft_id, expires_at)
VALUES (CAST(:key AS bytea), sha256(CAST(:key AS bytea)), gen_random_uuid(), gen_random_uuid(), now()))sql"};
constexpr Statement kCount = {"test.count", "SELECT count(*) FROM intake.request_keys"};
constexpr Statement kEcho = {"test.echo", R"sql(
SELECT CAST(:text AS text), CAST(:number AS bigint), CAST(:flag AS boolean), CAST(:bytes AS bytea),
       CAST(:time AS timestamptz), CAST(:nothing AS text), CAST(:list AS text[]))sql"};
constexpr Statement kBackend = {"test.backend", "SELECT pg_backend_pid()"};
constexpr Statement kSleep = {"test.sleep", "SELECT pg_sleep(CAST(:seconds AS double precision))"};
constexpr Statement kLazyInsert = {"test.lazy_insert", R"sql(
INSERT INTO intake.request_keys (key_hmac, digest, intake_id, draft_id, expires_at)
VALUES (CAST(:key AS bytea), sha256(CAST(:key AS bytea)), gen_random_uuid(), gen_random_uuid(), now())
RETURNING set_config('synchronous_commit', 'off', true), current_setting('synchronous_commit'))sql",
                                   Durability::kWithNext};
constexpr Statement kCommitSetting = {"test.commit_setting", "SHOW synchronous_commit"};

class DatabaseTest : public testing::Test {
 protected:
  std::unique_ptr<Database> Open(int pool_size) {
    auto database = Database::Create({.url = test_database_.Url("intake_rw"),
                                      .pool_size = pool_size,
                                      .application_name = "db_test"},
                                     registry_);
    EXPECT_TRUE(database.ok()) << database.status();
    return *std::move(database);
  }

  static Deadline Soon() { return std::chrono::steady_clock::now() + seconds(10); }

  int64_t Count(Database& database) { return (*database.RunOne(kCount, {}, Soon()))->Int64(0); }

  test::TestDatabase test_database_;
  metrics::Registry registry_;
};

TEST_F(DatabaseTest, CarriesEveryTypeThereAndBack) {
  auto database = Open(1);
  const std::string bytes("\0\x01:'\xff", 5);
  const auto time = std::chrono::system_clock::time_point(milliseconds(1'700'000'000'123));
  const std::vector<std::string> list = {"a,b", "quo\"te", "back\\slash", ""};
  auto row = database->RunOne(kEcho,
                              {{"text", "it's :not a parameter"},
                               {"number", int64_t{-989}},
                               {"flag", true},
                               Param::Bytes("bytes", bytes),
                               {"time", time},
                               {"nothing", std::nullopt},
                               Param::Array("list", list)},
                              Soon());
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ((*row)->Text(0), "it's :not a parameter");
  EXPECT_EQ((*row)->Int64(1), -989);
  EXPECT_TRUE((*row)->Bool(2));
  EXPECT_EQ((*row)->Bytes(3), bytes);
  EXPECT_EQ((*row)->Time(4), time);
  EXPECT_TRUE((*row)->IsNull(5));
  EXPECT_EQ((*row)->TextArray(6), list);
  EXPECT_THROW((*row)->Text(5), std::logic_error);
  EXPECT_THROW((*row)->Int64(0), std::logic_error);
}

TEST_F(DatabaseTest, RunsAPreparedStatementAgainWithOtherValues) {
  auto database = Open(1);
  for (const char* key : {"\\x01", "\\x02", "\\x03"}) {
    ASSERT_TRUE(database->Run(kInsert, {{"key", key}}, Soon()).ok());
  }
  EXPECT_EQ(Count(*database), 3);
}

TEST_F(DatabaseTest, TurnsAUniqueViolationIntoAlreadyExistsWithoutTheValue) {
  auto database = Open(1);
  ASSERT_TRUE(database->Run(kInsert, {{"key", "\\xdeadbeef"}}, Soon()).ok());
  const absl::Status status = database->Run(kInsert, {{"key", "\\xdeadbeef"}}, Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), testing::Not(testing::HasSubstr("deadbeef")));
  EXPECT_EQ(Count(*database), 1);
}

TEST_F(DatabaseTest, CommitsATransactionThatSucceedsAndRollsBackOneThatDoesNot) {
  auto database = Open(1);
  const auto insert = [](Transaction& transaction, const char* key) {
    return transaction.Run(kInsert, {{"key", key}}).status();
  };
  EXPECT_TRUE(
      database->RunTransaction(Soon(), [&](Transaction& t) { return insert(t, "\\x01"); }).ok());
  EXPECT_EQ(Count(*database), 1);

  const absl::Status refused =
      database->RunTransaction(Soon(), [&](Transaction& t) -> absl::Status {
        EXPECT_TRUE(insert(t, "\\x02").ok());
        return absl::FailedPreconditionError("changed its mind");
      });
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THROW((void)database->RunTransaction(Soon(),
                                              [&](Transaction& t) -> absl::Status {
                                                EXPECT_TRUE(insert(t, "\\x03").ok());
                                                throw std::runtime_error("broke");
                                              }),
               std::runtime_error);
  EXPECT_EQ(Count(*database), 1);
}

TEST_F(DatabaseTest, WaitsForAConnectionNoLongerThanTheDeadline) {
  auto database = Open(1);
  std::promise<void> leased, release;
  auto holder = std::async(std::launch::async, [&] {
    return database->RunTransaction(Soon(), [&](Transaction&) {
      leased.set_value();
      release.get_future().wait();
      return absl::OkStatus();
    });
  });
  leased.get_future().wait();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(database->Ping(start + milliseconds(50)).code(), absl::StatusCode::kUnavailable);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(50));
  release.set_value();
  EXPECT_TRUE(holder.get().ok());
  EXPECT_TRUE(database->Ping(Soon()).ok());
}

TEST_F(DatabaseTest, HealsAfterItsConnectionsWereTerminated) {
  auto database = Open(2);
  const int64_t before = (*database->RunOne(kBackend, {}, Soon()))->Int64(0);
  test_database_.Query("postgres",
                       "SELECT pg_terminate_backend(" + std::to_string(before) + ", 5000)");
  // The loss is noticed before the statement is sent, so not even one call fails.
  auto row = database->RunOne(kBackend, {}, Soon());
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_NE((*row)->Int64(0), before);
}

TEST_F(DatabaseTest, HealsAfterAConnectionDiedDuringAStatement) {
  auto database = Open(1);
  const int64_t backend = (*database->RunOne(kBackend, {}, Soon()))->Int64(0);
  auto sleeping = std::async(std::launch::async, [&] {
    return database->Run(kSleep, {{"seconds", "30"}}, Soon()).status();
  });
  const std::string terminate =
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
      "AND pid = " +
      std::to_string(backend);
  while (test_database_.Query("postgres", terminate).empty()) std::this_thread::yield();
  EXPECT_EQ(sleeping.get().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(database->Ping(Soon()).ok());
}

TEST_F(DatabaseTest, IsUnavailableWhilePostgresCannotBeReached) {
  auto database =
      Database::Create({.url = "postgresql://nobody@127.0.0.1:1/none", .pool_size = 1}, registry_);
  ASSERT_TRUE(database.ok());
  EXPECT_EQ((*database)->Ping(Soon()).code(), absl::StatusCode::kUnavailable);
}

TEST_F(DatabaseTest, RefusesAUrlThatCannotBeRead) {
  auto database = Database::Create({.url = "postgresql://%zz"}, registry_);
  EXPECT_EQ(database.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(DatabaseTest, LeavesTheConnectionDurableAfterALazyStatement) {
  auto database = Open(1);
  auto row = database->RunOne(kLazyInsert, {{"key", "\\x01"}}, Soon());
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ((*row)->Text(1), "off");
  EXPECT_EQ((*database->RunOne(kCommitSetting, {}, Soon()))->Text(0), "on");
}

TEST_F(DatabaseTest, RefusesAStatementWhoseDurabilityIsNotDeclared) {
  auto database = Open(1);
  const Statement lying = {"test.lying", kLazyInsert.sql, Durability::kSync};
  EXPECT_THROW((void)database->Run(lying, {{"key", "\\x01"}}, Soon()), std::logic_error);
  EXPECT_EQ(Count(*database), 0);
}

TEST_F(DatabaseTest, ServesManyThreadsFromFewConnections) {
  auto database = Open(2);
  std::vector<std::future<bool>> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      for (int n = 0; n < 20; ++n) {
        if (!database->Ping(Soon()).ok()) return false;
      }
      return true;
    }));
  }
  for (auto& call : calls) EXPECT_TRUE(call.get());
}

}  // namespace
}  // namespace fsft::db
