#include "services/fulfillment/letters_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <thread>

#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

using LettersStoreTest = LettersTest;

TEST_F(LettersStoreTest, AnOrderToMailIsQueued) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(State(order.payment_id), "queued");
  EXPECT_EQ(Claim()->payment_id, order.payment_id);
}

TEST_F(LettersStoreTest, AnOrderOnHoldWaitsUntilItIsWanted) {
  const WantedLetter order = NewOrder();
  EXPECT_EQ(Put(order, "hold", 1), "queued");
  EXPECT_FALSE(Claim().has_value());
  EXPECT_EQ(Put(order, "mail", 2), "queued");
  EXPECT_TRUE(Claim().has_value());
}

TEST_F(LettersStoreTest, ACancelForAnUnknownPaymentLeavesATombstone) {
  const WantedLetter order = NewOrder();
  EXPECT_EQ(Put(order, "cancel", 2), "cancelled");
  EXPECT_EQ(Put(order, "mail", 1), "cancelled") << "the older word came later";
  EXPECT_FALSE(Claim().has_value());
}

TEST_F(LettersStoreTest, AVersionThatIsNotNewerChangesNothing) {
  const WantedLetter order = NewOrder();
  Put(order, "mail", 5);
  for (int64_t version : {5, 4}) {
    EXPECT_EQ(Put(order, "cancel", version), "queued");
    EXPECT_EQ(Column(order.payment_id, "want"), "mail");
    EXPECT_EQ(Column(order.payment_id, "version"), "1");
  }
}

TEST_F(LettersStoreTest, AWordThatSaysNothingOfMoneyKeepsWhatIsKnown) {
  const std::string money = "concat_ws(' ', amount_cents, currency, refunded_cents)";
  WantedLetter order = NewOrder();
  order.refunded_cents = 300;
  Put(order, "mail", 1);
  WantedLetter of_an_older_release = order;
  of_an_older_release.amount_cents = of_an_older_release.refunded_cents = 0;
  of_an_older_release.currency = "";
  Put(of_an_older_release, "hold", 2);
  EXPECT_EQ(Column(order.payment_id, "want"), "hold");
  EXPECT_EQ(Column(order.payment_id, money), "989 usd 300");
  order.refunded_cents = 0;
  Put(order, "mail", 3);
  EXPECT_EQ(Column(order.payment_id, money), "989 usd 0") << "a refund that failed after all";
}

TEST_F(LettersStoreTest, EveryOrderOfDeliveryEndsTheSame) {
  const std::vector<std::vector<std::string>> histories = {{"mail", "hold", "cancel"},
                                                           {"mail", "cancel", "mail"},
                                                           {"cancel", "hold", "mail"},
                                                           {"hold", "cancel", "hold"}};
  for (const std::vector<std::string>& wants : histories) {
    std::vector<int> versions = {1, 2, 3};
    do {
      const WantedLetter order = NewOrder();
      for (int version : versions) Put(order, wants[version - 1], version);
      for (int version : versions) Put(order, wants[version - 1], version);
      EXPECT_EQ(Column(order.payment_id, "want"), wants[2]);
      EXPECT_EQ(Column(order.payment_id, "order_version"), "3");
      EXPECT_EQ(State(order.payment_id), wants[2] == "cancel" ? "cancelled" : "queued");
    } while (std::next_permutation(versions.begin(), versions.end()));
  }
}

TEST_F(LettersStoreTest, ABatchAnswersInItsOwnOrderAndTakesTheNewestOfDuplicates) {
  const WantedLetter one = NewOrder(), two = NewOrder();
  WantedLetter cancel_one = one;
  cancel_one.version = 2;
  cancel_one.want = "cancel";
  const auto states = store_.PutOrders({two, cancel_one, one}, Soon());
  ASSERT_TRUE(states.ok()) << states.status();
  EXPECT_THAT(*states, ElementsAre("queued", "cancelled", "cancelled"));
}

TEST_F(LettersStoreTest, ConcurrentTwinsMakeOneLetter) {
  const WantedLetter order = NewOrder();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] { Put(order, i % 2 == 0 ? "mail" : "hold", 1 + i % 2); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.audit_log"), "1");
  EXPECT_EQ(Column(order.payment_id, "want"), "hold");
}

// What the constraints tie to a state must go with it, whatever the state that the snapshot shows.
TEST_F(LettersStoreTest, AWordThatWaitedForAMoveGoesOnFromThere) {
  const WantedLetter order = PutNewOrder();
  const std::string id = order.payment_id;
  struct {
    const char* from;
    const char* changes;
    const char* to;
  } const kMoves[] = {
      {"queued",
       "state = 'sending', attempt = 1, last_post_at = now(), unsure_since = now(), pdf_sha256 = "
       "decode(repeat('70', 32), 'hex')",
       "sending"},
      {"sending",
       "state = 'mailed', unsure_since = NULL, lob_letter_id = 'ltr_1', mailed_at = now()",
       "mailed"},
      {"mailed", "state = 'failed_at_printer', reason = 'printer_failed'", "failed_at_printer"},
  };
  int64_t version = order.version;
  for (const auto& [from, changes, to] : kMoves) {
    std::future<void> moving = MoveWhileOthersWait(id, from, changes);
    EXPECT_EQ(Put(order, "mail", ++version), to);
    moving.get();
    EXPECT_EQ(Column(id, "order_version"), std::to_string(version)) << to;
  }
  EXPECT_EQ(Column(id, "concat_ws(' ', reason, attempt, lob_letter_id, version)"),
            "printer_failed 1 ltr_1 4");
}

TEST_F(LettersStoreTest, RetryOfAnUnknownLetterFindsNothing) {
  EXPECT_FALSE(
      store_.Retry("0191a2b3-0000-7000-8000-000000000001", "ops", true, Soon())->has_value());
  EXPECT_FALSE(store_.Cancel("0191a2b3-0000-7000-8000-000000000001", "ops", Soon())->has_value());
}

TEST_F(LettersStoreTest, BacklogCountsWhatIsPaidAndNotAccepted) {
  Backlog backlog = *store_.ReadBacklog(Soon());
  EXPECT_EQ(backlog.letters, 0);
  EXPECT_FALSE(backlog.oldest.has_value());
  const WantedLetter old = PutNewOrder();
  PutNewOrder();
  Put(NewOrder(), "hold", 1);
  Put(NewOrder(), "cancel", 1);
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '1 hour' WHERE payment_id = '" +
      old.payment_id + "'");
  backlog = *store_.ReadBacklog(Soon());
  EXPECT_EQ(backlog.letters, 2);
  EXPECT_GE(*backlog.oldest, 1h);
}

TEST_F(LettersStoreTest, NewsOfNoLettersIsNoNews) {
  EXPECT_THAT(*store_.Deliveries({}, Soon()), IsEmpty());
}

}  // namespace
}  // namespace fsft::fulfillment
