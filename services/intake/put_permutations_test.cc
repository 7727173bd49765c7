// Orders.Put may be delivered in any order, more than once and by several senders at a time, and
// ends in the same row: the newest payment speaks for an intake, and its newest version.

#include <gtest/gtest.h>

#include "services/intake/intake_store.h"
#include "shared/metrics/metrics.h"
#include "tests/support/delivery_orders.h"
#include "tests/support/test_database.h"

namespace fsft::intake {
namespace {

constexpr char kFirst[] = "0193a000-0000-7000-8000-000000000001";
constexpr char kSecond[] = "0193a000-0000-7000-8000-000000000002";

struct Word {
  const char* payment_id = nullptr;
  int64_t version = 0;
  const char* state = nullptr;
};
// What payment says of one intake, from the oldest to the newest.
using History = std::vector<Word>;

const History kHistories[] = {
    {{kFirst, 1, "submitted"},
     {kFirst, 2, "cancelled"},
     {kSecond, 1, "submitted"},
     {kSecond, 2, "paid"},
     {kSecond, 3, "fulfilled"}},
    {{kFirst, 1, "submitted"},
     {kFirst, 2, "paid"},
     {kFirst, 3, "fulfilled"},
     {kFirst, 4, "paid"},
     {kFirst, 5, "cancelled"}},
    {{kFirst, 3, "paid"},
     {kFirst, 7, "fulfilled"},
     {kSecond, 1, "submitted"},
     {kSecond, 2, "paid"},
     {kSecond, 9, "cancelled"}},
};

class PutPermutationsTest : public testing::Test {
 protected:
  PutPermutationsTest()
      : database_(*db::Database::Create({.url = test_database_.Url("intake_rw"), .pool_size = 4},
                                        registry_)),
        store_(*database_) {}

  // Makes so many submitted intakes, and answers their ids.
  std::vector<std::string> NewIntakes(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back("0193a000-0000-7000-8000-" + std::to_string(100'000'000'000 + ++last_));
    Owner(
        "INSERT INTO intake.intakes (intake_id, state, city_id, section_id, submitted_at) SELECT "
        "CAST('0193a000-0000-7000-8000-' || n AS uuid), 'submitted', 'us-ca-san_francisco', "
        "'sfmta', now() FROM generate_series(" +
        std::to_string(100'000'000'000 + last_ - count + 1) + ", " +
        std::to_string(100'000'000'000 + last_) + ") AS n");
    return ids;
  }

  void Deliver(const std::vector<std::string>& ids, const History& history,
               const test::Batch& batch) {
    std::vector<OrderNews> news;
    for (const test::Message& message : batch) {
      const Word& word = history[message.version - 1];
      news.push_back({.intake_id = ids[message.order],
                      .payment_id = word.payment_id,
                      .version = word.version,
                      .state = word.state});
    }
    const absl::Status status = store_.PutOrders(news, Soon());
    EXPECT_TRUE(status.ok()) << status;
  }

  // Where these intakes stand, each answer once.
  std::string Ends(const std::vector<std::string>& ids) {
    return Owner(
        "SELECT string_agg(DISTINCT concat_ws(' ', payment_id, order_version, state), ', ') || ', "
        "of ' || count(*) FROM intake.intakes WHERE intake_id BETWEEN '" +
        ids.front() + "' AND '" + ids.back() + "'");
  }

  static std::string End(const History& history, int intakes) {
    const Word& newest = history.back();
    return std::string(newest.payment_id) + " " + std::to_string(newest.version) + " " +
           newest.state + ", of " + std::to_string(intakes);
  }

  static db::Deadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }
  std::string Owner(const std::string& sql) { return test_database_.Query("fsft_owner", sql); }

  int64_t last_ = 0;
  test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  IntakeStore store_;
};

TEST_F(PutPermutationsTest, EveryPermutationEndsInTheSameRow) {
  for (const History& history : kHistories) {
    for (const int together : {1, 2, 5}) {
      const std::vector<std::string> ids = NewIntakes(test::kPermutations);
      for (const test::Batch& batch : test::EveryPermutation(together))
        Deliver(ids, history, batch);
      EXPECT_EQ(Ends(ids), End(history, test::kPermutations)) << together << " together";
    }
  }
}

TEST_F(PutPermutationsTest, ConcurrentDeliveriesEndInTheSameRow) {
  constexpr int kIntakes = 30;
  for (unsigned seed = 0; seed < std::size(kHistories); ++seed) {
    const std::vector<std::string> ids = NewIntakes(kIntakes);
    test::DeliverFromFourThreads(
        kIntakes, seed, [&](const test::Batch& batch) { Deliver(ids, kHistories[seed], batch); });
    EXPECT_EQ(Ends(ids), End(kHistories[seed], kIntakes));
  }
}

}  // namespace
}  // namespace fsft::intake
