#include "services/fulfillment/mailing/mailing_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class MailingStoreTest : public LettersTest {
 protected:
  // The state that the letter has then; nothing when the lease was lost.
  std::optional<std::string> Settle(const Lease& letter, const Decision& decision) {
    auto state = mailing_.Settle(letter, decision, Soon());
    EXPECT_TRUE(state.ok()) << state.status();
    return state.ok() ? *std::move(state) : std::nullopt;
  }
  // The state that a retry found.
  std::string Retried(const std::string& id) {
    const auto move = store_.Retry(id, "ops", /*undo_cancel=*/false, Soon());
    EXPECT_TRUE(move.ok() && move->has_value()) << move.status();
    return move.ok() && move->has_value() ? (*move)->state_before : "";
  }
};

const SealedPdf kPdf{.sealed = "sealed",
                     .sha256 = std::string(32, 'p'),
                     .key = {.key_id = "k1", .bytes = "wrapped"}};

Decision To(std::string state, std::string reason = "") {
  return {.to_state = std::move(state), .reason = std::move(reason)};
}

Decision Mailed() {
  Decision decision = To("mailed");
  decision.letter_id = "ltr_1";
  decision.tracking_number = "9207";
  decision.expected_delivery = "2026-11-09";
  return decision;
}

// Leases the only letter and begins its POST.
class SendingTest : public MailingStoreTest {
 protected:
  ClaimedLetter Begin() {
    ClaimedLetter letter = Claim().value();
    EXPECT_TRUE(*mailing_.BeginPost(letter, letter.pdf ? nullptr : &kPdf, 120s, Soon()));
    letter.state = "sending";
    ++letter.attempt;
    return letter;
  }
  const WantedLetter order_ = PutNewOrder();
};

TEST_F(MailingStoreTest, ALeasedLetterIsSeenByNobodyElseUntilTheLeaseEnds) {
  const WantedLetter order = PutNewOrder();
  const int64_t first = Claim()->claim;
  EXPECT_FALSE(Claim().has_value());
  MakeDue(order.payment_id);
  EXPECT_EQ(Claim()->claim, first + 1);
}

TEST_F(MailingStoreTest, CompetingClaimsTakeEachLetterOnce) {
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
  EXPECT_TRUE(*mailing_.BeginPost(again, &other, 120s, Soon()));
  EXPECT_EQ((*store_.Pdf(order_.payment_id, Soon()))->sealed, "sealed");
}

TEST_F(SendingTest, NoPostBeginsWithoutTheLeaseOrAgainstPaymentsWord) {
  const ClaimedLetter stale = Claim().value();
  MakeDue(order_.payment_id);
  EXPECT_FALSE(*mailing_.BeginPost(stale, &kPdf, 120s, Soon())) << "the lease has ended";
  const ClaimedLetter current = Claim().value();
  EXPECT_FALSE(*mailing_.BeginPost(stale, &kPdf, 120s, Soon())) << "another has it";
  Put(order_, "hold", 2);
  EXPECT_FALSE(*mailing_.BeginPost(current, &kPdf, 120s, Soon())) << "payment wants it held";
  Put(order_, "cancel", 3);
  EXPECT_FALSE(*mailing_.BeginPost(current, &kPdf, 120s, Soon())) << "payment wants it cancelled";
  EXPECT_EQ(State(order_.payment_id), "cancelled");
  EXPECT_EQ(Column(order_.payment_id, "attempt"), "0");
}

TEST_F(SendingTest, AcceptanceIsMailedWithWhatThePrinterSaid) {
  EXPECT_TRUE(Settle(Begin(), Mailed()).has_value());
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
  EXPECT_EQ(Settle(stale, Mailed()), std::nullopt);
  EXPECT_EQ(Settle(stale, To("sending", "printer_timeout")), std::nullopt);
  EXPECT_EQ(State(order_.payment_id), "sending");
  EXPECT_TRUE(Settle(current, Mailed()).has_value());
}

TEST_F(SendingTest, ProofOfNothingQueuesAgainWithoutADoubt) {
  Decision decision = To("queued", "printer_unreachable");
  decision.failures = 1;
  decision.pause = 30s;
  EXPECT_TRUE(Settle(Begin(), decision).has_value());
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
  EXPECT_TRUE(Settle(letter, decision).has_value());
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

TEST_F(SendingTest, ACancelDuringAnAttemptWaitsForWhatTheAttemptShows) {
  const std::string& id = order_.payment_id;
  const ClaimedLetter letter = Begin();
  const std::string lease_end = Column(id, "next_at");
  EXPECT_EQ(Put(order_, "cancel", 2), "cancelling");
  EXPECT_EQ(Column(id, "next_at"), lease_end) << "nobody asks the printer before the lease ends";
  EXPECT_EQ(Settle(letter, Mailed()), "cancelling");
  EXPECT_EQ(Column(id, "lob_letter_id"), "ltr_1") << "it must be known to be cancelled";
  EXPECT_EQ(Followed().value().letter_id, "ltr_1");
}

TEST_F(SendingTest, ACancelDuringAnAttemptThatCameToNothingIsDone) {
  const ClaimedLetter letter = Begin();
  Put(order_, "cancel", 2);
  EXPECT_EQ(Settle(letter, To("queued", "printer_rate_limited")), "cancelled");
}

TEST_F(SendingTest, ACancelDuringAnAttemptOfUnknownOutcomeIsLookedIntoAtOnce) {
  const ClaimedLetter letter = Begin();
  Put(order_, "cancel", 2);
  Decision decision = To("sending", "printer_timeout");
  decision.unsure = true;
  decision.pause = 120s;
  EXPECT_EQ(Settle(letter, decision), "cancelling");
  const FollowedLetter followed = Followed().value();
  EXPECT_TRUE(followed.unsure);
  EXPECT_EQ(followed.letter_id, "");
}

TEST_F(SendingTest, AHoldDuringAnAttemptStopsFurtherPostsAndIsFollowed) {
  const ClaimedLetter letter = Begin();
  EXPECT_EQ(Put(order_, "hold", 2), "sending");
  Decision decision = To("sending", "printer_timeout");
  decision.unsure = true;
  EXPECT_EQ(Settle(letter, decision), "sending");
  EXPECT_FALSE(Claim().has_value());
  EXPECT_EQ(Followed().value().payment_id, order_.payment_id);
}

TEST_F(SendingTest, AMailedLetterIsCancelledAtThePrinterFirst) {
  Settle(Begin(), Mailed());
  EXPECT_EQ(Put(order_, "cancel", 2), "cancelling");
  const FollowedLetter followed = Followed().value();
  Decision cancelled = To("cancelled");
  cancelled.letter_id = "ltr_1";
  EXPECT_EQ(Settle(followed, cancelled), "cancelled");
  EXPECT_FALSE(Followed().has_value());
}

TEST_F(SendingTest, ALetterThatIsTooLateToCancelStaysMailed) {
  Settle(Begin(), Mailed());
  Put(order_, "cancel", 2);
  EXPECT_EQ(Settle(Followed().value(), To("mailed", "too_late_to_cancel")), "mailed");
  EXPECT_EQ(Put(order_, "cancel", 3), "mailed") << "the same wish again";
}

TEST_F(SendingTest, ALetterCancelledAtThePrinterAndWantedAgainIsAnOperatorsMatter) {
  Settle(Begin(), Mailed());
  Put(order_, "cancel", 2);
  const FollowedLetter followed = Followed().value();
  EXPECT_EQ(Put(order_, "mail", 3), "cancelling") << "the printer is being asked";
  EXPECT_EQ(Settle(followed, To("cancelled")), "failed_at_printer");
  EXPECT_EQ(Column(order_.payment_id, "reason"), "cancelled_but_wanted");
}

TEST_F(SendingTest, ALetterThatIsWantedAgainAfterItWasCancelledAtThePrinterIsAnOperatorsMatterToo) {
  Settle(Begin(), Mailed());
  Put(order_, "cancel", 2);
  EXPECT_EQ(Settle(Followed().value(), To("cancelled")), "cancelled");
  EXPECT_EQ(Put(order_, "mail", 3), "failed_at_printer");
  EXPECT_EQ(Column(order_.payment_id, "reason"), "cancelled_but_wanted");
  EXPECT_EQ(Put(order_, "cancel", 4), "cancelled");
}

TEST_F(SendingTest, AnUnsureLetterThatIsWantedAgainIsSentAgain) {
  const ClaimedLetter letter = Begin();
  Put(order_, "cancel", 2);
  Decision decision = To("sending", "printer_timeout");
  decision.unsure = true;
  Settle(letter, decision);
  EXPECT_EQ(Put(order_, "mail", 3), "sending");
  EXPECT_TRUE(Claim()->unsure);
}

TEST_F(SendingTest, OnlyADeadLetterIsRetried) {
  const std::string& id = order_.payment_id;
  EXPECT_EQ(Retried(id), "queued");
  const ClaimedLetter letter = Begin();
  EXPECT_EQ(Retried(id), "sending");
  ASSERT_TRUE(Settle(letter, To("dead_letter", "printer_refused_422")).has_value());
  EXPECT_EQ(Retried(id), "dead_letter") << "what it found";
  EXPECT_EQ(State(id), "queued");
  EXPECT_EQ(Sql("SELECT actor FROM fulfillment.audit_log WHERE action = 'retry'"), "ops");
  ASSERT_TRUE(Settle(Begin(), Mailed()).has_value());
  EXPECT_EQ(Retried(id), "mailed");
  EXPECT_EQ(State(id), "mailed");
}

TEST_F(SendingTest, ADeadLetterCanBeCancelled) {
  ASSERT_TRUE(Settle(Begin(), To("dead_letter", "printer_refused_422")).has_value());
  EXPECT_EQ(Put(order_, "cancel", 2), "cancelled");
}

TEST_F(SendingTest, FindingAnotherLetterOfThePaymentIsAMoveInTheSameState) {
  Settle(Begin(), Mailed());
  MakeDue(order_.payment_id);
  Decision other = Mailed();
  other.letter_id = "ltr_2";
  EXPECT_EQ(Settle(Followed().value(), other), "mailed");
  EXPECT_EQ(Column(order_.payment_id, "lob_letter_id"), "ltr_2");
  EXPECT_EQ(Column(order_.payment_id, "version"), "4") << "payment hears of it";
}

TEST_F(SendingTest, MissesCountUntilTheStateChanges) {
  Decision unknown = To("outcome_unknown", "unsure_too_long");
  unknown.unsure = true;
  Settle(Begin(), unknown);
  const std::string& id = order_.payment_id;
  EXPECT_FALSE(Followed()->miss_counts) << "the last POST is too recent";
  Sql("UPDATE fulfillment.letters SET last_post_at = now() - interval '25 hours'");
  Decision miss = To("outcome_unknown", "not_found_yet");
  miss.unsure = true;
  miss.counted_miss = true;
  for (int misses = 0; misses < kMissesThatProve; ++misses) {
    MakeDue(id);
    const FollowedLetter letter = Followed().value();
    EXPECT_EQ(letter.misses, misses);
    EXPECT_TRUE(letter.miss_counts);
    Settle(letter, miss);
    MakeDue(id);
    EXPECT_FALSE(Followed()->miss_counts) << "not within an hour of the one before";
    Sql("UPDATE fulfillment.letters SET missed_at = now() - interval '61 minutes'");
  }
  EXPECT_EQ(store_.NewGeneration(id, "ops", /*force=*/false, Soon())->value().proven, true);
  EXPECT_EQ(State(id), "queued");
  EXPECT_EQ(Column(id, "generation || ':' || misses || ':' || attempt"), "2:0:0");
  EXPECT_EQ(Column(id, "unsure_since IS NULL AND lob_letter_id IS NULL"), "t");
}

TEST_F(SendingTest, ANewGenerationNeedsProofOrForce) {
  const std::string& id = order_.payment_id;
  const auto renew = [&](bool force) { return store_.NewGeneration(id, "ops", force, Soon()); };
  EXPECT_EQ(renew(true)->value().state_before, "queued");
  EXPECT_EQ(Column(id, "generation"), "1") << "only from the two states";
  Decision unknown = To("outcome_unknown", "unsure_too_long");
  unknown.unsure = true;
  Settle(Begin(), unknown);
  EXPECT_FALSE(renew(false)->value().proven);
  EXPECT_EQ(State(id), "outcome_unknown");
  EXPECT_FALSE(renew(true)->value().proven);
  EXPECT_EQ(State(id), "queued");
  EXPECT_EQ(Sql("SELECT actor || ' ' || reason FROM fulfillment.audit_log WHERE action = "
                "'new_generation'"),
            "ops forced");
}

TEST_F(SendingTest, AFailureAtThePrinterIsProofEnough) {
  Decision failed = Mailed();
  failed.to_state = "failed_at_printer";
  failed.reason = "printer_failed";
  Settle(Begin(), failed);
  EXPECT_TRUE(store_.NewGeneration(order_.payment_id, "ops", false, Soon())->value().proven);
  EXPECT_EQ(State(order_.payment_id), "queued");
}

TEST_F(SendingTest, AFailedLetterCanBeCancelled) {
  Decision failed = Mailed();
  failed.to_state = "failed_at_printer";
  failed.reason = "printer_failed";
  Settle(Begin(), failed);
  EXPECT_EQ(Put(order_, "cancel", 2), "cancelled");
}

TEST_F(SendingTest, TheControlIsALetterAcceptedLater) {
  const auto before = time::SystemClock().Now() - 1h;
  EXPECT_EQ(*mailing_.AcceptedAfter(before, Soon()), std::nullopt);
  Settle(Begin(), Mailed());
  EXPECT_EQ(*mailing_.AcceptedAfter(before, Soon()), "ltr_1");
  EXPECT_EQ(*mailing_.AcceptedAfter(before + 2h, Soon()), std::nullopt);
}

TEST_F(MailingStoreTest, WhatMayBeAtThePrinterIsSearchedFirst) {
  const WantedLetter order = PutNewOrder();
  EXPECT_FALSE(Claim()->search_first);
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '11 minutes'");
  MakeDue(order.payment_id);
  EXPECT_TRUE(Claim()->search_first) << "this may be a database restored from a backup";
  Sql("UPDATE fulfillment.letters SET paid_at = now(), attempt = 1");
  MakeDue(order.payment_id);
  EXPECT_TRUE(Claim()->search_first);
}

TEST_F(MailingStoreTest, AnOperatorsPauseStopsPostsUntilResumed) {
  PutNewOrder();
  EXPECT_TRUE(*mailing_.Pause("ann", Soon()));
  EXPECT_FALSE(*mailing_.Pause("bob", Soon())) << "it is paused already";
  EXPECT_THAT(*mailing_.Pauses(Soon()), ElementsAre("operator"));
  EXPECT_FALSE(Claim().has_value());
  EXPECT_THAT(*mailing_.Resume("bob", Soon()), ElementsAre("operator"));
  EXPECT_THAT(*mailing_.Resume("bob", Soon()), IsEmpty());
  EXPECT_TRUE(Claim().has_value());
  EXPECT_EQ(
      Sql("SELECT cause || ' ' || paused_by || ' ' || resumed_by FROM fulfillment.mailing_pauses"),
      "operator ann bob");
}

TEST_F(MailingStoreTest, ARefusedKeyPausesWhoeverUsesIt) {
  PutNewOrder();
  EXPECT_TRUE(*mailing_.PauseForCredentials(kKeyOfTheTests, Soon()));
  EXPECT_FALSE(Claim().has_value());
  MailingStore with_new_key(
      *database_, [] { return "another key"; }, /*livemode=*/false);
  EXPECT_THAT(*with_new_key.Pauses(Soon()), IsEmpty());
  EXPECT_TRUE(with_new_key.Claim(120s, MailingPolicy{}, Soon())->has_value());
}

// A search under a key of the other mode would not find a letter, and a cancellation under it would
// seem to have been made already.
TEST_F(SendingTest, LettersOfTheOtherModeAreTouchedByNobody) {
  const std::string& id = order_.payment_id;
  MailingStore live(
      *database_, [] { return "a live key"; }, /*livemode=*/true);
  const auto live_claims = [&] { return live.Claim(120s, MailingPolicy{}, Soon())->has_value(); };
  const auto live_follows = [&] {
    return live.ClaimFollowed(120s, MailingPolicy{}, Soon())->has_value();
  };
  Settle(Begin(), Mailed());
  EXPECT_EQ(Column(id, "livemode"), "f") << "as the key that it was posted with";
  EXPECT_TRUE(live.AcceptedAfter(time::TimePoint{}, Soon())->value_or("").empty())
      << "a list under a live key does not show it";
  EXPECT_EQ(mailing_.AcceptedAfter(time::TimePoint{}, Soon())->value_or(""), "ltr_1");
  for (const char* state : {"mailed", "cancelling", "outcome_unknown", "queued", "sending"}) {
    Sql(std::string("UPDATE fulfillment.letters SET unsure_since = now(), state = '") + state +
        "'");
    MakeDue(id);
    EXPECT_FALSE(live_claims() || live_follows()) << state;
    EXPECT_TRUE(Claim().has_value() || Followed().has_value()) << state;
  }
  Sql("UPDATE fulfillment.letters SET unsure_since = NULL, state = 'mailed'");
}

TEST_F(MailingStoreTest, NoLetterOfRealMoneyIsPostedWithATestKeyNorTheOtherWayAround) {
  WantedLetter order = NewOrder();
  order.livemode = true;
  Put(order, "mail", 1);
  EXPECT_FALSE(Claim().has_value());
  MailingStore live(
      *database_, [] { return "a live key"; }, /*livemode=*/true);
  ClaimedLetter letter = live.Claim(120s, MailingPolicy{}, Soon())->value();
  EXPECT_FALSE(*mailing_.BeginPost(letter, &kPdf, 120s, Soon()));
  EXPECT_TRUE(*live.BeginPost(letter, &kPdf, 120s, Soon()));
  order.livemode = false;
  Put(order, "mail", 2);
  EXPECT_EQ(Column(order.payment_id, "livemode"), "t") << "it was posted; that does not change";
}

TEST_F(MailingStoreTest, AnOrderWhoseModeWasNotToldGetsThatOfItsFirstPost) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Column(order.payment_id, "livemode IS NULL"), "t");
  WantedLetter told = order;
  told.livemode = false;
  Put(told, "mail", 2);
  EXPECT_EQ(Column(order.payment_id, "livemode"), "f");
}

TEST_F(MailingStoreTest, ARefusedKeyThatIsNotOursAnyMorePausesNobody) {
  PutNewOrder();
  EXPECT_TRUE(*mailing_.PauseForCredentials("the old key", Soon()));
  EXPECT_THAT(*mailing_.Pauses(Soon()), IsEmpty());
  EXPECT_TRUE(Claim().has_value());
}

TEST_F(MailingStoreTest, WhatWaitedForANewKeyIsDueWhenMailingResumes) {
  const WantedLetter order = PutNewOrder();
  mailing_.PauseForCredentials(kKeyOfTheTests, Soon()).IgnoreError();
  Sql("UPDATE fulfillment.letters SET reason = 'printer_credentials', next_at = now() + interval "
      "'1 hour'");
  EXPECT_THAT(*mailing_.Resume("ann", Soon()), ElementsAre("paused_credentials"));
  EXPECT_EQ(Claim()->payment_id, order.payment_id);
}

}  // namespace
}  // namespace fsft::fulfillment
