#include "shared/retention/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/test_database.h"

namespace fsft::retention {
namespace {

using testing::SizeIs;

// Five hundred rows of one second; every second row is due.
constexpr db::Statement kNumbers = {"test.numbers", R"sql(
SELECT id, at, due FROM (
  SELECT CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid) AS id,
         CAST('2020-01-01' AS timestamptz) AS at, n % 2 = 0 AS due
  FROM generate_series(1, 500) AS n) AS rows
WHERE at < now() - make_interval(days => CAST(:days AS integer))
  AND (at, id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY at, id LIMIT CAST(:batch AS integer))sql"};

// The first of the rows is referred to.
constexpr db::Statement kDelete = {"test.delete", R"sql(
DELETE FROM payment.payments
WHERE payment_id = CAST(:id AS uuid) AND created_at < now() - make_interval(days => CAST(:days AS integer))
RETURNING payment_id)sql"};

class SweepTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { test_database_ = std::make_unique<test::TestDatabase>(); }
  static void TearDownTestSuite() { test_database_.reset(); }

  Sweep MakeSweep(config::Retention mode = config::Retention::kOn) {
    return {{.name = "numbers",
             .look = &kNumbers,
             .keep = std::chrono::days(30),
             .settle =
                 [this](const std::vector<std::string>& ids) {
                   for (const std::string& id : ids) EXPECT_TRUE(settled_.insert(id).second) << id;
                   return answer_.ok() ? absl::StatusOr<int>(ids.size()) : answer_;
                 }},
            *database_,
            registry_,
            mode};
  }
  double Due() { return registry_.AddGauge("retention_due", "", {{"kind", "numbers"}}).Value(); }
  double Settled() {
    return registry_.AddCounter("retention_settled_total", "", {{"kind", "numbers"}}).Value();
  }

  static std::unique_ptr<test::TestDatabase> test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_ =
      *db::Database::Create({.url = test_database_->Url("fsft_owner"), .pool_size = 2}, registry_);
  std::set<std::string> settled_;
  absl::StatusOr<int> answer_ = 0;
};

std::unique_ptr<test::TestDatabase> SweepTest::test_database_;

TEST_F(SweepTest, SettlesEveryDueRowOfAPassOnceAlthoughAllAreOfOneSecond) {
  Sweep sweep = MakeSweep();
  int looked = 0;
  while (const int more = *sweep.Step()) looked += more;
  EXPECT_EQ(looked, 500);
  EXPECT_THAT(settled_, SizeIs(250));
  EXPECT_EQ(Settled(), 250);
  EXPECT_EQ(Due(), 0);
}

TEST_F(SweepTest, BeginsAgainAfterTheEnd) {
  Sweep sweep = MakeSweep();
  while (*sweep.Step() > 0) {
  }
  settled_.clear();
  EXPECT_GT(*sweep.Step(), 0);
  EXPECT_FALSE(settled_.empty());
}

TEST_F(SweepTest, ADryRunCountsOnly) {
  Sweep sweep = MakeSweep(config::Retention::kDryRun);
  while (*sweep.Step() > 0) {
  }
  EXPECT_THAT(settled_, SizeIs(0));
  EXPECT_EQ(Due(), 250);
  EXPECT_EQ(Settled(), 0);
}

TEST_F(SweepTest, ABatchThatFailsDoesNotHoldUpTheRest) {
  Sweep sweep = MakeSweep();
  answer_ = absl::UnavailableError("the ledger is full");
  EXPECT_FALSE(sweep.Step().ok());
  answer_ = 0;
  while (*sweep.Step() > 0) {
  }
  EXPECT_EQ(Settled(), 150) << "all but the first batch";
  EXPECT_EQ(Due(), 100) << "the first batch is left";
}

TEST_F(SweepTest, WhatOthersStillReferToStaysAndTheRestGoes) {
  const std::string one = "00000000-0000-7000-8000-000000000001";
  const std::string two = "00000000-0000-7000-8000-000000000002";
  test_database_->Query("postgres", R"sql(
      SET session_replication_role = replica;
      INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, appeal_type, amount_cents,
                                    currency, product_name, success_url, cancel_url, session_expires_at, created_at)
      SELECT id, id, id, sha256('x'), 'pending', 'standard', 989, 'usd', '', '', '', now(), now() - interval '40 days'
      FROM (VALUES (CAST('00000000-0000-7000-8000-000000000001' AS uuid)),
                   ('00000000-0000-7000-8000-000000000002')) AS ids (id);
      INSERT INTO fulfillment.letters (payment_id, intake_id, draft_id, content_sha256, appeal_type, want, order_version,
                                       state)
      SELECT payment_id, intake_id, draft_id, content_sha256, 'standard', 'mail', 1, 'queued' FROM payment.payments
      ORDER BY payment_id LIMIT 1)sql");
  std::stop_source stop;
  const Settle settle = OneByOne(*database_, kDelete, std::chrono::days(30), stop.get_token());
  EXPECT_EQ(*settle({one, two}), 1);
  EXPECT_EQ(test_database_->Query("fsft_owner", "SELECT payment_id FROM payment.payments"), one);
  EXPECT_EQ(*OneByOne(*database_, kDelete, std::chrono::days(50))({one}), 0);

  test_database_->Query("postgres", "DELETE FROM fulfillment.letters");
  stop.request_stop();
  EXPECT_EQ(*settle({one}), 0) << "whoever stops begins no other row";
  EXPECT_EQ(*OneByOne(*database_, kDelete, std::chrono::days(30))({one}), 1);
}

}  // namespace
}  // namespace fsft::retention
