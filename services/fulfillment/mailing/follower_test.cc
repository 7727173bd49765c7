#include "services/fulfillment/mailing/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/fulfillment/mailing/fake_printer.h"
#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Fate = PrintedLetter::Fate;

class FollowerTest : public LettersTest {
 protected:
  FollowerTest() {
    options_.wake_relay = [this] { ++wakes_; };
  }

  // A letter that was posted once and came to the state.
  std::string LetterIn(const std::string& state) {
    const WantedLetter order = PutNewOrder();
    ClaimedLetter letter = Claim().value();
    const SealedPdf pdf{.sealed = "sealed",
                        .sha256 = std::string(32, 'p'),
                        .key = {.key_id = "k1", .bytes = "wrapped"}};
    EXPECT_TRUE(*mailing_.BeginPost(letter, &pdf, 120s, Soon()));
    letter.state = "sending";
    ++letter.attempt;
    Decision decision{.to_state = state, .unsure = state != "mailed"};
    if (state == "mailed") decision.letter_id = "ltr_1";
    EXPECT_TRUE(mailing_.Settle(letter, decision, Soon())->has_value());
    MakeDue(letter.payment_id);
    orders_[letter.payment_id] = order;
    return letter.payment_id;
  }

  int FollowOne() {
    Follower follower(mailing_, printer_, tracker_, registry_, options_);
    const auto found = follower.FollowOne();
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(-1);
  }
  std::string Due(const std::string& id, const std::string& interval) {
    return Column(id, "next_at > now() + interval '" + interval + "'");
  }
  // The letter's past moves so far away.
  void Age(const std::string& id, const std::string& interval) {
    Sql("UPDATE fulfillment.letters SET unsure_since = unsure_since - interval '" + interval +
        "', last_post_at = last_post_at - interval '" + interval +
        "', missed_at = missed_at - interval '" + interval +
        "', mailed_at = mailed_at - interval '" + interval +
        "', next_at = now() WHERE payment_id = '" + id + "'");
  }

  int wakes_ = 0;
  FakePrinter printer_;
  TrackingStore tracking_{*database_};
  Tracker tracker_{tracking_, registry_, [this] { ++wakes_; }};
  Follower::Options options_;
  std::map<std::string, WantedLetter> orders_;
};

TEST_F(FollowerTest, NothingToFollowIsNoWork) {
  PutNewOrder();
  EXPECT_EQ(FollowOne(), 0) << "a queued letter is the mailers'";
}

TEST_F(FollowerTest, AnAcceptedLetterIsLookedUpAndLeftAlone) {
  const std::string id = LetterIn("mailed");
  printer_.List("ltr_1", id);
  EXPECT_EQ(FollowOne(), 1);
  EXPECT_EQ(State(id), "mailed");
  EXPECT_THAT(printer_.cancelled, IsEmpty());
  EXPECT_EQ(Due(id, "50 seconds"), "t");
  EXPECT_EQ(wakes_, 0);
}

TEST_F(FollowerTest, OfTwoLettersOnlyTheAdoptedOneStays) {
  const std::string id = LetterIn("mailed");
  printer_.List("ltr_0", id);
  printer_.List("ltr_1", id);
  FollowOne();
  EXPECT_THAT(printer_.cancelled, ElementsAre("ltr_0"));
  EXPECT_EQ(State(id), "mailed");
  EXPECT_EQ(Column(id, "lob_letter_id"), "ltr_1");
}

TEST_F(FollowerTest, ALetterThatFailsAtThePrinterIsNotSentAgainByItself) {
  const std::string id = LetterIn("mailed");
  printer_.List("ltr_1", id, Fate::kFailed);
  FollowOne();
  EXPECT_EQ(State(id), "failed_at_printer");
  EXPECT_EQ(Column(id, "reason"), "printer_failed");
  EXPECT_EQ(wakes_, 1);
  MakeDue(id);
  EXPECT_EQ(FollowOne(), 0);
  EXPECT_FALSE(Claim().has_value());
}

TEST_F(FollowerTest, WithoutAnyEventALetterIsFollowedToTheDoor) {
  const std::string id = LetterIn("mailed");
  printer_.List("ltr_1", id);
  PrintedLetter& listed = printer_.listed.front();
  const time::TimePoint now = time::SystemClock().Now();
  listed.scans = {{"accepted", now - 3h}, {"moving", now - 2h}};
  listed.tracking_number = "9407";
  listed.expected_delivery = "2026-11-09";
  FollowOne();
  EXPECT_EQ(State(id), "in_transit");
  EXPECT_EQ(Column(id, "tracking_number || ' ' || expected_delivery"), "9407 2026-11-09");
  EXPECT_EQ(Column(id, "moved_at < now() - interval '1 hour'"), "t");
  EXPECT_EQ(Due(id, "50 seconds"), "t");
  MakeDue(id);
  listed.scans.push_back({"delivered", now - 1h});
  FollowOne();
  EXPECT_EQ(State(id), "delivered");
  EXPECT_GE(wakes_, 2);
  MakeDue(id);
  EXPECT_EQ(FollowOne(), 0) << "it has arrived";
}

TEST_F(FollowerTest, OneLookTellsAllThatTheMailHasSeen) {
  const std::string id = LetterIn("mailed");
  printer_.List("ltr_1", id);
  const time::TimePoint now = time::SystemClock().Now();
  printer_.listed.front().scans = {
      {"returned", now}, {"moving", now - 1h}, {"delivered", now - 2h}};
  FollowOne();
  EXPECT_EQ(State(id), "returned");
  EXPECT_EQ(Column(id, "delivered_at < returned_at"), "t");
}

TEST_F(FollowerTest, ALetterInTransitDoesNotFailAnyMore) {
  const std::string id = LetterIn("mailed");
  printer_.List("ltr_1", id);
  printer_.listed.front().scans = {{"moving", time::SystemClock().Now()}};
  FollowOne();
  MakeDue(id);
  printer_.listed.front().fate = Fate::kFailed;
  printer_.List("ltr_2", id);
  FollowOne();
  EXPECT_EQ(State(id), "in_transit");
  EXPECT_EQ(Column(id, "lob_letter_id"), "ltr_1");
  EXPECT_THAT(printer_.cancelled, ElementsAre("ltr_2")) << "it would be a second one";
}

TEST_F(FollowerTest, WhileThePrinterDoesNotAnswerALetterStaysAsItIs) {
  const std::string id = LetterIn("mailed");
  printer_.obstacle = NotNow{};
  FollowOne();
  EXPECT_EQ(State(id), "mailed");
  EXPECT_EQ(Column(id, "reason"), "printer_unreachable");
}

TEST_F(FollowerTest, ASearchHitIsProof) {
  const std::string id = LetterIn("outcome_unknown");
  printer_.List("ltr_7", id);
  FollowOne();
  EXPECT_EQ(State(id), "mailed");
  EXPECT_EQ(Column(id, "lob_letter_id"), "ltr_7");
}

TEST_F(FollowerTest, AMissIsNothing) {
  const std::string id = LetterIn("outcome_unknown");
  FollowOne();
  EXPECT_EQ(State(id), "outcome_unknown");
  EXPECT_EQ(Column(id, "misses"), "0");
}

TEST_F(FollowerTest, ThreeMissesWithAControlAreProof) {
  const std::string id = LetterIn("outcome_unknown");
  const std::string control = LetterIn("mailed");
  Sql("UPDATE fulfillment.letters SET next_at = 'infinity' WHERE payment_id = '" + control + "'");
  Age(id, "25 hours");
  FollowOne();
  EXPECT_EQ(Column(id, "misses"), "0") << "the list does not even show the control";
  printer_.List("ltr_1", control);
  for (const char* misses : {"1", "2", "3"}) {
    MakeDue(id);
    FollowOne();
    EXPECT_EQ(Column(id, "misses"), misses);
    EXPECT_EQ(State(id), "outcome_unknown");
    Age(id, "1 hour");
  }
  EXPECT_EQ(Column(id, "reason"), "not_at_printer");
  EXPECT_THAT(printer_.jobs, IsEmpty());
}

TEST_F(FollowerTest, TheSearchForTheControlMayFindTheLetterItself) {
  const std::string id = LetterIn("outcome_unknown");
  const std::string control = LetterIn("mailed");
  Sql("UPDATE fulfillment.letters SET next_at = 'infinity' WHERE payment_id = '" + control + "'");
  Age(id, "25 hours");
  printer_.List("ltr_1", control);
  printer_.List("ltr_7", id);
  FollowOne();
  EXPECT_EQ(State(id), "mailed");
}

TEST_F(FollowerTest, ACancelledLetterIsCancelledAtThePrinter) {
  const std::string id = LetterIn("mailed");
  Put(orders_[id], "cancel", 2);
  printer_.List("ltr_1", id);
  FollowOne();
  EXPECT_THAT(printer_.cancelled, ElementsAre("ltr_1"));
  EXPECT_EQ(State(id), "cancelled");
  EXPECT_EQ(wakes_, 1);
}

TEST_F(FollowerTest, WhatTheListDoesNotShowYetIsCancelledByItsId) {
  const std::string id = LetterIn("mailed");
  Put(orders_[id], "cancel", 2);
  FollowOne();
  EXPECT_THAT(printer_.cancelled, ElementsAre("ltr_1"));
  EXPECT_EQ(State(id), "cancelled");
}

TEST_F(FollowerTest, WhatIsTooLateToCancelStaysMailed) {
  const std::string id = LetterIn("mailed");
  Put(orders_[id], "cancel", 2);
  printer_.cancel_answer = TooLate{};
  FollowOne();
  EXPECT_EQ(State(id), "mailed");
  EXPECT_EQ(Column(id, "reason"), "too_late_to_cancel");
}

TEST_F(FollowerTest, ThatItWasTooLateToCancelIsStillToldAfterTheNextLook) {
  const std::string id = LetterIn("mailed");
  Put(orders_[id], "cancel", 2);
  printer_.cancel_answer = TooLate{};
  FollowOne();
  MakeDue(id);
  printer_.List("ltr_1", id);
  EXPECT_EQ(FollowOne(), 1);
  EXPECT_EQ(Due(id, "50 seconds"), "t") << "the look is over";
  EXPECT_EQ(Column(id, "reason"), "too_late_to_cancel");
  // Other reasons end with what they were for.
  Sql("UPDATE fulfillment.letters SET reason = 'printer_unavailable', next_at = now()");
  EXPECT_EQ(FollowOne(), 1);
  EXPECT_EQ(Column(id, "reason"), "");
}

TEST_F(FollowerTest, ACancelThatThePrinterDoesNotAnswerIsTriedAgain) {
  const std::string id = LetterIn("mailed");
  Put(orders_[id], "cancel", 2);
  printer_.cancel_answer = NotNow{};
  FollowOne();
  EXPECT_EQ(State(id), "cancelling");
  MakeDue(id);
  printer_.cancel_answer = Cancelled{};
  FollowOne();
  EXPECT_EQ(State(id), "cancelled");
}

TEST_F(FollowerTest, AllLettersOfACancelledOrderAreCancelled) {
  const std::string id = LetterIn("sending");
  Put(orders_[id], "cancel", 2);
  printer_.List("ltr_1", id);
  printer_.List("ltr_2", id);
  FollowOne();
  EXPECT_THAT(printer_.cancelled, ElementsAre("ltr_2", "ltr_1"));
  EXPECT_EQ(State(id), "cancelled");
}

TEST_F(FollowerTest, AnUnsureLetterThatIsCancelledWaitsForProof) {
  const std::string id = LetterIn("sending");
  Put(orders_[id], "cancel", 2);
  FollowOne();
  EXPECT_EQ(State(id), "cancelling") << "a miss is nothing";
  MakeDue(id);
  printer_.List("ltr_1", id, Fate::kDeleted);
  FollowOne();
  EXPECT_EQ(State(id), "cancelled");
  EXPECT_THAT(printer_.cancelled, IsEmpty());
}

TEST_F(FollowerTest, AnUnsureLetterOnHoldIsSearchedFor) {
  const std::string id = LetterIn("sending");
  Put(orders_[id], "hold", 2);
  FollowOne();
  EXPECT_EQ(State(id), "sending");
  Age(id, "13 hours");
  FollowOne();
  EXPECT_EQ(State(id), "outcome_unknown");
  MakeDue(id);
  printer_.List("ltr_1", id);
  FollowOne();
  EXPECT_EQ(State(id), "mailed");
}

TEST_F(FollowerTest, WhileThePrinterDoesNotAnswerNothingChanges) {
  for (const char* state : {"mailed", "outcome_unknown"}) {
    const std::string id = LetterIn(state);
    printer_.obstacle = NotNow{.cause = NotNow::Cause::kRateLimited, .retry_after = 60s};
    FollowOne();
    EXPECT_EQ(State(id), state);
    EXPECT_EQ(Due(id, "50 seconds"), "t");
  }
}

TEST_F(FollowerTest, ARefusedKeyPausesMailing) {
  LetterIn("mailed");
  PutNewOrder();
  printer_.obstacle = NotNow{.cause = NotNow::Cause::kCredentials, .refused_key = kKeyOfTheTests};
  FollowOne();
  EXPECT_THAT(*mailing_.Pauses(Soon()), ElementsAre("paused_credentials"));
  EXPECT_FALSE(Claim().has_value());
}

}  // namespace
}  // namespace fsft::fulfillment
