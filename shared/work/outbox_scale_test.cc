// Many orders, several replicas, and the traces that delivered orders leave behind.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_replace.h"
#include "shared/metrics/metrics.h"
#include "shared/work/outbox.h"
#include "shared/work/outbox_sql.h"
#include "tests/support/explain.h"
#include "tests/support/old_snapshot.h"
#include "tests/support/test_database.h"

namespace fsft::work {
namespace {

class OutboxScaleTest : public testing::Test {
 protected:
  std::unique_ptr<db::Database> Connect(int pool_size = 2) {
    return *db::Database::Create({.url = test_database_.Url("payment_rw"), .pool_size = pool_size},
                                 registry_);
  }

  // Orders with the numbers of (from, to], the last one due now and the others before it, by a
  // minute each.
  void Enqueue(int from, int to, int minutes_apart = 1) {
    Sql("INSERT INTO payment.outbox (payment_id, target, version, next_at) SELECT "
        "CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid), 'intake', 1, "
        "now() - make_interval(mins => " +
        std::to_string(minutes_apart) + " * (" + std::to_string(to) +
        " - n)) FROM generate_series(" + std::to_string(from + 1) + ", " + std::to_string(to) +
        ") AS n");
  }
  std::string Sql(const std::string& sql) { return test_database_.Query("payment_rw", sql); }

  void Drain(Outbox& outbox) {
    while (true) {
      const absl::StatusOr<int> delivered = outbox.RelayBatch();
      ASSERT_TRUE(delivered.ok()) << delivered.status();
      if (*delivered == 0) return;
    }
  }

  // The pages that a claim of ten orders touches, when it looks so far back.
  int64_t ClaimBuffers(const std::string& back_seconds) {
    Enqueue(measured_, measured_ + 10, /*minutes_apart=*/0);
    measured_ += 10;
    const int64_t buffers = test::BuffersOf(
        test_database_, "payment_rw", absl::StrReplaceAll(sql::kClaim, {{"$schema", "payment"}}),
        {{"target", "'intake'"}, {"back", back_seconds}, {"limit", "10"}, {"lease", "30"}});
    EXPECT_EQ(Sql("WITH gone AS (DELETE FROM payment.outbox WHERE claim = 1 RETURNING 1) SELECT "
                  "count(*) FROM gone"),
              "10");
    return buffers;
  }

  // The same after so many orders were delivered.
  void ExpectFlatClaims(const std::string& circumstances) {
    int drained = 0;
    int64_t at_first = 0;
    for (const int goal : {0, 5'000, 20'000}) {
      Enqueue(drained, goal);
      DeliverAll();
      drained = goal;
      const int64_t buffers = ClaimBuffers(kWindow);
      if (drained == 0) at_first = buffers;
      Report(circumstances, drained, buffers);
      EXPECT_LE(buffers, 2 * at_first) << "after " << drained << " orders";
    }
  }

  // By a relay that starts now.
  void DeliverAll() {
    const std::unique_ptr<db::Database> database = Connect();
    // The lease is long, so that its own dead entries lie ahead of the claims that are measured.
    Outbox outbox({.schema = "payment", .target = "intake", .lease = std::chrono::hours(1)},
                  *database, registry_,
                  [](const std::vector<std::string>&, db::Deadline) { return absl::OkStatus(); });
    Drain(outbox);
    ASSERT_EQ(Sql("SELECT count(*) FROM payment.outbox"), "0");
  }

  void Report(const std::string& circumstances, int drained, int64_t buffers) {
    RecordProperty("buffers_" + circumstances + "_after_" + std::to_string(drained),
                   std::to_string(buffers));
    std::cout << "outbox claim of 10, " << circumstances << ", after " << drained
              << " delivered orders: " << buffers << " buffers" << std::endl;
  }

  // The numbers of the orders that a claim was measured with.
  int measured_ = 1'000'000;
  // A minute: more than ClaimWindow's margin, so that a busy machine does not hide what is measured.
  const std::string kWindow = "60";
  test::TestDatabase test_database_;
  metrics::Registry registry_;
};

TEST_F(OutboxScaleTest, AClaimCostsTheSameAfterTwentyThousandOrders) {
  ExpectFlatClaims("undisturbed");
}

TEST_F(OutboxScaleTest, AClaimCostsTheSameUnderAnOldSnapshot) {
  const test::OldSnapshot forgotten(test_database_.Url("fsft_owner"));
  ExpectFlatClaims("old_snapshot");
  const int64_t everything = ClaimBuffers("1e8");
  Report("old_snapshot_and_without_a_window", 20'000, everything);
  EXPECT_GT(everything, 10 * ClaimBuffers(kWindow))
      << "the orders must still be there for this test to show anything";
}

TEST_F(OutboxScaleTest, FourReplicasDeliverAThousandOrdersOnceEach) {
  constexpr int kOrders = 1'000;
  Enqueue(0, kOrders);
  std::mutex mutex;
  std::map<std::string, int> delivered;
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([&] {
      const std::unique_ptr<db::Database> database = Connect();
      Outbox outbox({.schema = "payment", .target = "intake", .batch = 20}, *database, registry_,
                    [&](const std::vector<std::string>& ids, db::Deadline) {
                      const std::lock_guard lock(mutex);
                      for (const std::string& id : ids) ++delivered[id];
                      return absl::OkStatus();
                    });
      Drain(outbox);
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(delivered.size(), kOrders);
  for (const auto& [id, times] : delivered) EXPECT_EQ(times, 1) << id;
  EXPECT_EQ(Sql("SELECT count(*) FROM payment.outbox"), "0");
}

}  // namespace
}  // namespace fsft::work
