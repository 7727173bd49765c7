#include "services/fulfillment/letters_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

using LettersStoreTest = LettersTest;

const SealedPdf kPdf{.sealed = "sealed",
                     .sha256 = std::string(32, 'p'),
                     .key = {.key_id = "k1", .bytes = "wrapped"}};

Decision To(std::string state, std::string reason = "") {
  return {.to_state = std::move(state), .reason = std::move(reason)};
}

Decision Mailed() {
  Decision decision = To("mailed");
  decision.accepted = {
      .letter_id = "ltr_1", .tracking_number = "9207", .expected_delivery = "2026-11-09"};
  return decision;
}

// Leases the only letter and begins its POST.
class SendingTest : public LettersTest {
 protected:
  ClaimedLetter Begin() {
    ClaimedLetter letter = Claim().value();
    EXPECT_TRUE(*store_.BeginPost(letter, letter.pdf ? nullptr : &kPdf, 120s, Soon()));
    letter.state = "sending";
    ++letter.attempt;
    return letter;
  }
  const WantedLetter order_ = PutNewOrder();
};

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

TEST_F(LettersStoreTest, ALeasedLetterIsSeenByNobodyElseUntilTheLeaseEnds) {
  const WantedLetter order = PutNewOrder();
  const int64_t first = Claim()->claim;
  EXPECT_FALSE(Claim().has_value());
  MakeDue(order.payment_id);
  EXPECT_EQ(Claim()->claim, first + 1);
}

TEST_F(LettersStoreTest, CompetingClaimsTakeEachLetterOnce) {
  constexpr int kLetters = 20;
  for (int i = 0; i < kLetters; ++i) PutNewOrder();
  std::vector<std::string> taken[4];
  std::vector<std::thread> threads;
  for (auto& mine : taken) {
    threads.emplace_back([&] {
      while (auto letter = Claim()) mine.push_back(letter->payment_id);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::multiset<std::string> all;
  for (auto& mine : taken) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), kLetters);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), kLetters);
}

TEST_F(SendingTest, BeforeAPostEverythingIsWrittenDown) {
  Begin();
  const std::string& id = order_.payment_id;
  EXPECT_EQ(State(id), "sending");
  EXPECT_EQ(Column(id, "attempt"), "1");
  EXPECT_EQ(Column(id, "unsure_since IS NOT NULL AND last_post_at IS NOT NULL"), "t");
  EXPECT_EQ(Column(id, "next_at > now() + interval '100 seconds'"), "t");
  EXPECT_EQ((*store_.Pdf(id, Soon()))->sealed, "sealed");
}

TEST_F(SendingTest, TheFirstTypesetLetterStays) {
  Begin();
  MakeDue(order_.payment_id);
  ClaimedLetter again = Claim().value();
  EXPECT_TRUE(again.unsure);
  EXPECT_EQ(again.attempt, 1);
  ASSERT_TRUE(again.pdf.has_value());
  const SealedPdf other{
      .sealed = "other", .sha256 = std::string(32, 'q'), .key = {.key_id = "k2", .bytes = "other"}};
  EXPECT_TRUE(*store_.BeginPost(again, &other, 120s, Soon()));
  EXPECT_EQ((*store_.Pdf(order_.payment_id, Soon()))->sealed, "sealed");
}

TEST_F(SendingTest, NoPostBeginsWithoutTheLeaseOrAgainstPaymentsWord) {
  const ClaimedLetter stale = Claim().value();
  MakeDue(order_.payment_id);
  EXPECT_FALSE(*store_.BeginPost(stale, &kPdf, 120s, Soon())) << "the lease has ended";
  const ClaimedLetter current = Claim().value();
  EXPECT_FALSE(*store_.BeginPost(stale, &kPdf, 120s, Soon())) << "another has it";
  Put(order_, "hold", 2);
  EXPECT_FALSE(*store_.BeginPost(current, &kPdf, 120s, Soon())) << "payment wants it held";
  Put(order_, "cancel", 3);
  EXPECT_FALSE(*store_.BeginPost(current, &kPdf, 120s, Soon())) << "payment wants it cancelled";
  EXPECT_EQ(State(order_.payment_id), "cancelled");
  EXPECT_EQ(Column(order_.payment_id, "attempt"), "0");
}

TEST_F(SendingTest, AcceptanceIsMailedWithWhatThePrinterSaid) {
  EXPECT_TRUE(*store_.Settle(Begin(), Mailed(), Soon()));
  const auto deliveries = store_.Deliveries({order_.payment_id}, Soon());
  ASSERT_TRUE(deliveries.ok()) << deliveries.status();
  const Delivery& delivery = deliveries->at(0);
  EXPECT_EQ(delivery.state, "mailed");
  EXPECT_EQ(delivery.letter_id, "ltr_1");
  EXPECT_EQ(delivery.tracking_number, "9207");
  EXPECT_EQ(delivery.expected_delivery, "2026-11-09");
  EXPECT_TRUE(delivery.mailed_at.has_value());
  EXPECT_EQ(delivery.version, 3);
  EXPECT_EQ(Column(order_.payment_id, "unsure_since IS NULL"), "t");
}

TEST_F(SendingTest, WhoLostTheLeaseWritesNothing) {
  const ClaimedLetter stale = Begin();
  MakeDue(order_.payment_id);
  const ClaimedLetter current = Begin();
  EXPECT_FALSE(*store_.Settle(stale, Mailed(), Soon()));
  EXPECT_FALSE(*store_.Settle(stale, To("sending", "printer_timeout"), Soon()));
  EXPECT_EQ(State(order_.payment_id), "sending");
  EXPECT_TRUE(*store_.Settle(current, Mailed(), Soon()));
}

TEST_F(SendingTest, ProofOfNothingQueuesAgainWithoutADoubt) {
  Decision decision = To("queued", "printer_unreachable");
  decision.failures = 1;
  decision.pause = 30s;
  EXPECT_TRUE(*store_.Settle(Begin(), decision, Soon()));
  const std::string& id = order_.payment_id;
  EXPECT_EQ(State(id), "queued");
  EXPECT_EQ(Column(id, "reason"), "printer_unreachable");
  EXPECT_EQ(Column(id, "unsure_since IS NULL"), "t");
  EXPECT_FALSE(Claim().has_value()) << "not before its time";
  MakeDue(id);
  EXPECT_EQ(Claim()->failures, 1);
}

TEST_F(SendingTest, AnUnknownOutcomeStaysSendingAndKeepsTheDoubt) {
  Decision decision = To("sending", "printer_timeout");
  decision.failures = 1;
  decision.unsure = true;
  decision.pause = 120s;
  const ClaimedLetter letter = Begin();
  const std::string version = Column(order_.payment_id, "version");
  EXPECT_TRUE(*store_.Settle(letter, decision, Soon()));
  EXPECT_EQ(State(order_.payment_id), "sending");
  EXPECT_EQ(Column(order_.payment_id, "version"), version) << "no change of state, no news";
  EXPECT_EQ(Column(order_.payment_id, "next_at > now() + interval '100 seconds'"), "t");
  MakeDue(order_.payment_id);
  EXPECT_TRUE(Claim()->unsure);
}

TEST_F(SendingTest, ADoubtThatIsTooOldIsMarked) {
  Begin();
  Sql("UPDATE fulfillment.letters SET unsure_since = now() - interval '13 hours'");
  MakeDue(order_.payment_id);
  EXPECT_TRUE(Claim()->unsure_too_long);
}

TEST_F(SendingTest, ACancelCannotCallBackALetterUnderWay) {
  const ClaimedLetter letter = Begin();
  EXPECT_EQ(Put(order_, "cancel", 2), "sending");
  EXPECT_TRUE(*store_.Settle(letter, Mailed(), Soon()));
  EXPECT_EQ(State(order_.payment_id), "mailed");
}

TEST_F(SendingTest, OnlyADeadLetterIsRetried) {
  const std::string& id = order_.payment_id;
  EXPECT_EQ(*store_.Retry(id, "ops", Soon()), "queued");
  const ClaimedLetter letter = Begin();
  EXPECT_EQ(*store_.Retry(id, "ops", Soon()), "sending");
  ASSERT_TRUE(*store_.Settle(letter, To("dead_letter", "printer_refused_422"), Soon()));
  EXPECT_EQ(*store_.Retry(id, "ops", Soon()), "dead_letter") << "what it found";
  EXPECT_EQ(State(id), "queued");
  EXPECT_EQ(Sql("SELECT actor FROM fulfillment.audit_log WHERE action = 'retry'"), "ops");
  ASSERT_TRUE(*store_.Settle(Begin(), Mailed(), Soon()));
  EXPECT_EQ(*store_.Retry(id, "ops", Soon()), "mailed");
  EXPECT_EQ(State(id), "mailed");
}

TEST_F(SendingTest, ADeadLetterCanBeCancelled) {
  ASSERT_TRUE(*store_.Settle(Begin(), To("dead_letter", "printer_refused_422"), Soon()));
  EXPECT_EQ(Put(order_, "cancel", 2), "cancelled");
}

TEST_F(LettersStoreTest, RetryOfAnUnknownLetterFindsNothing) {
  EXPECT_EQ(*store_.Retry("0191a2b3-0000-7000-8000-000000000001", "ops", Soon()), std::nullopt);
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
