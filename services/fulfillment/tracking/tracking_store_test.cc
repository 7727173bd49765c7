#include "services/fulfillment/tracking/tracking_store.h"

#include <gtest/gtest.h>

#include <future>

#include "services/fulfillment/lob/lob_letter.h"
#include "services/fulfillment/test_orders.h"
#include "services/fulfillment/tracking/tracker.h"

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;

const time::TimePoint kAt{std::chrono::seconds(1'790'000'000)};

class TrackingStoreTest : public LettersTest {
 protected:
  // A letter whose first POST is under way.
  ClaimedLetter Sending() {
    PutNewOrder();
    ClaimedLetter letter = Claim().value();
    const SealedPdf pdf{.sealed = "sealed",
                        .sha256 = std::string(32, 'p'),
                        .key = {.key_id = "k1", .bytes = "wrapped"}};
    EXPECT_TRUE(*mailing_.BeginPost(letter, &pdf, 120s, Soon()));
    letter.state = "sending";
    ++letter.attempt;
    return letter;
  }
  // A letter that the printer has as "ltr_1".
  std::string Mailed() {
    const ClaimedLetter letter = Sending();
    const Decision mailed{.to_state = "mailed", .letter_id = "ltr_1"};
    EXPECT_TRUE(mailing_.Settle(letter, mailed, Soon())->has_value());
    return letter.payment_id;
  }
  // The id of its payment is that of the order, where the printer says whose it is.
  static LobEvent Event(const std::string& id, const std::string& type,
                        const std::string& payment_id = "", int generation = 1) {
    LobEvent event{.id = id, .type = "letter." + type, .created = kAt, .news = {}};
    event.news = {.news = std::string(NewsOfEvent(event.type)),
                  .at = kAt,
                  .letter_id = "ltr_1",
                  .payment_id = payment_id,
                  .generation = generation,
                  .tracking_number = "",
                  .expected_delivery = ""};
    return event;
  }
  TakenNews Take(const LobEvent& event) {
    const auto taken = tracking_.Take(event, Soon());
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.value_or(TakenNews{});
  }
  std::string OutcomeOf(const std::string& event_id) {
    return Sql("SELECT outcome FROM fulfillment.lob_events WHERE event_id = '" + event_id + "'");
  }
  std::string Trail(const std::string& payment_id) {
    return Sql(
        "SELECT string_agg(to_state, ' ' ORDER BY version) FROM fulfillment.audit_log WHERE "
        "payment_id = '" +
        payment_id + "'");
  }

  TrackingStore tracking_{*database_};
  Tracker tracker_{tracking_, registry_, [] {}};
};

TEST_F(TrackingStoreTest, FollowsALetterToTheDoor) {
  const std::string id = Mailed();
  EXPECT_EQ(Take(Event("evt_1", "in_transit")).outcome, "processed");
  const TakenNews delivered = Take(Event("evt_2", "delivered"));
  EXPECT_EQ(delivered.payment_id, id);
  EXPECT_EQ(delivered.from_state, "in_transit");
  EXPECT_EQ(delivered.to_state, "delivered");
  EXPECT_EQ(Trail(id), "queued sending mailed in_transit delivered");
  EXPECT_EQ(Column(id, "extract(epoch FROM delivered_at)"), "1790000000.000000");
  EXPECT_EQ(store_.Deliveries({id}, Soon())->front().delivered_at, kAt);
}

TEST_F(TrackingStoreTest, TheSameEventAgainChangesNothing) {
  const std::string id = Mailed();
  Take(Event("evt_1", "in_transit"));
  const std::string version = Column(id, "version");
  const TakenNews again = Take(Event("evt_1", "in_transit"));
  EXPECT_EQ(again.outcome, "duplicate");
  EXPECT_EQ(Take(Event("evt_2", "in_local_area")).outcome, "duplicate");
  EXPECT_EQ(Column(id, "version"), version);
}

TEST_F(TrackingStoreTest, AnEventBeforeTheAnswerOfThePostProvesThatItWasAccepted) {
  const ClaimedLetter letter = Sending();
  const std::string lease = Column(letter.payment_id, "next_at");
  LobEvent created = Event("evt_1", "created", letter.payment_id);
  created.news.tracking_number = "9407";
  EXPECT_EQ(Take(created).to_state, "mailed");
  EXPECT_EQ(Column(letter.payment_id, "lob_letter_id || ' ' || tracking_number"), "ltr_1 9407");
  EXPECT_EQ(Column(letter.payment_id, "unsure_since IS NULL AND mailed_at IS NOT NULL"), "t");
  EXPECT_EQ(Column(letter.payment_id, "next_at"), lease) << "the POST may still be under way";
  // Its answer, which says the same, comes to late to be written.
  EXPECT_FALSE(
      mailing_.Settle(letter, {.to_state = "mailed", .letter_id = "ltr_1"}, Soon())->has_value());
  EXPECT_EQ(Trail(letter.payment_id), "queued sending mailed");
  // And so does one that says nothing.
  EXPECT_FALSE(
      mailing_.Settle(letter, {.to_state = "sending", .unsure = true}, Soon())->has_value());
}

TEST_F(TrackingStoreTest, AnEventAfterTheAnswerWasLostEndsTheDoubt) {
  const ClaimedLetter letter = Sending();
  const Decision unknown{.to_state = "outcome_unknown", .unsure = true};
  mailing_.Settle(letter, unknown, Soon()).value();
  EXPECT_EQ(Take(Event("evt_1", "in_transit", letter.payment_id)).to_state, "in_transit");
  EXPECT_EQ(Column(letter.payment_id, "unsure_since IS NULL"), "t");
}

TEST_F(TrackingStoreTest, OfALetterThatARestoredDatabaseHasNotPostedItProvesTheSame) {
  const std::string id = PutNewOrder().payment_id;
  EXPECT_EQ(Take(Event("evt_1", "created", id)).to_state, "mailed");
  EXPECT_FALSE(Claim().has_value()) << "a second letter";
}

TEST_F(TrackingStoreTest, AMailerThatHasALetterDoesNotPostItAfterTheProof) {
  PutNewOrder();
  const ClaimedLetter letter = Claim().value();
  Take(Event("evt_1", "created", letter.payment_id));
  EXPECT_FALSE(*mailing_.BeginPost(letter, nullptr, 120s, Soon()));
}

TEST_F(TrackingStoreTest, AFailureIsNoProofBeforeTheLetterIsOurs) {
  const ClaimedLetter letter = Sending();
  EXPECT_EQ(Take(Event("evt_1", "failed", letter.payment_id)).outcome, "unmatched");
  EXPECT_EQ(State(letter.payment_id), "sending");
  const auto created = tracker_.Take(Event("evt_2", "created", letter.payment_id), Soon());
  EXPECT_EQ(created->outcome, "processed");
  EXPECT_EQ(State(letter.payment_id), "failed_at_printer");
  EXPECT_EQ(Column(letter.payment_id, "reason"), "printer_failed");
  EXPECT_EQ(OutcomeOf("evt_1"), "processed");
}

TEST_F(TrackingStoreTest, WhatIsKnownOfALetterBeforeItIsOursCountsWhenItIsLookedAt) {
  EXPECT_EQ(Take(Event("evt_1", "in_transit")).outcome, "unmatched");
  EXPECT_EQ(Take(Event("evt_1", "in_transit")).outcome, "duplicate") << "it is stored";
  const std::string id = Mailed();
  const PrintedLetter seen{
      .letter_id = "ltr_1", .payment_id = id, .tracking_number = "", .expected_delivery = ""};
  EXPECT_EQ(*tracker_.Take(seen, Soon()), "mailed");
  EXPECT_EQ(State(id), "in_transit");
  EXPECT_EQ(OutcomeOf("evt_1"), "processed");
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.unmatched_lob_events"), "0");
}

TEST_F(TrackingStoreTest, AnUnmatchedEventCountsWhenItComesAgain) {
  EXPECT_EQ(Take(Event("evt_1", "delivered")).outcome, "unmatched");
  const std::string id = Mailed();
  EXPECT_EQ(Take(Event("evt_1", "delivered")).outcome, "processed");
  EXPECT_EQ(State(id), "delivered");
}

// As a twin leaves it that was stored while this one found its letter.
TEST_F(TrackingStoreTest, WhatWaitsForAnEventThatHasCountedIsTakenAway) {
  const std::string id = Mailed();
  EXPECT_EQ(Take(Event("evt_1", "in_transit", id)).outcome, "processed");
  Sql("INSERT INTO fulfillment.unmatched_lob_events (event_id, created_at, letter_id) SELECT "
      "event_id, created_at, letter_id FROM fulfillment.lob_events");
  EXPECT_EQ(Take(Event("evt_1", "in_transit", id)).outcome, "duplicate");
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.unmatched_lob_events"), "0");
}

TEST_F(TrackingStoreTest, EventsOfAnotherLetterOfThePaymentMoveNothing) {
  const std::string id = Mailed();
  for (const char* type : {"created", "in_transit", "delivered", "failed"}) {
    LobEvent other = Event(std::string("evt_") + type, type, id);
    other.news.letter_id = "ltr_2";
    EXPECT_EQ(Take(other).outcome, "ignored") << type;
  }
  // The second letter is cancelled, and nothing says any more whose it was.
  LobEvent deleted = Event("evt_deleted", "deleted");
  deleted.news.letter_id = "ltr_2";
  EXPECT_EQ(Take(deleted).outcome, "unmatched");
  EXPECT_EQ(State(id), "mailed");
  EXPECT_EQ(Column(id, "lob_letter_id"), "ltr_1");
}

TEST_F(TrackingStoreTest, EventsOfAnOlderGenerationMoveNothing) {
  const std::string id = Mailed();
  Take(Event("evt_1", "failed"));
  ASSERT_TRUE(store_.NewGeneration(id, "ops", false, Soon())->has_value());
  EXPECT_EQ(State(id), "queued");
  EXPECT_EQ(Take(Event("evt_2", "in_transit", id)).outcome, "ignored");
  EXPECT_EQ(Take(Event("evt_3", "failed", id)).outcome, "ignored");
  EXPECT_EQ(State(id), "queued");
  LobEvent next = Event("evt_4", "created", id, 2);
  next.news.letter_id = "ltr_2";
  EXPECT_EQ(Take(next).to_state, "mailed");
}

TEST_F(TrackingStoreTest, WhatTheMailSeesOfLettersThatDoNotCountIsCounted) {
  const auto counted = [&](const LobEvent& event) {
    EXPECT_EQ(tracker_.Take(event, Soon()).value_or(TakenNews{}).outcome, "ignored") << event.id;
    return registry_.AddCounter("stray_letter_events_total", "").Value();
  };
  const std::string id = Mailed();
  LobEvent second = Event("evt_1", "created", id);
  second.news.letter_id = "ltr_2";
  EXPECT_EQ(counted(second), 0) << "the follower cancels it";
  second = Event("evt_2", "in_transit", id);
  second.news.letter_id = "ltr_2";
  EXPECT_EQ(counted(second), 1);
  Take(Event("evt_3", "failed"));
  ASSERT_TRUE(store_.NewGeneration(id, "ops", false, Soon())->has_value());
  EXPECT_EQ(counted(Event("evt_4", "in_transit", id)), 2) << "the new one is not posted yet";
  EXPECT_EQ(tracker_.Take(Event("evt_4", "in_transit", id), Soon())->outcome, "duplicate");
  EXPECT_EQ(counted(Event("evt_5", "failed", id)), 2);
  EXPECT_EQ(counted(Event("evt_6", "returned_to_sender", id)), 3);
  EXPECT_EQ(State(id), "queued");
}

TEST_F(TrackingStoreTest, EventsOfADeletedRowAreIgnored) {
  const WantedLetter order = NewOrder();
  Sql("INSERT INTO fulfillment.deleted_letters VALUES ('" + order.payment_id + "')");
  EXPECT_EQ(Take(Event("evt_1", "delivered", order.payment_id)).outcome, "ignored");
  Sql("DELETE FROM fulfillment.deleted_letters");
}

TEST_F(TrackingStoreTest, AFailureThatIsToldTooLateChangesNothing) {
  const std::string id = Mailed();
  Take(Event("evt_1", "in_transit"));
  EXPECT_EQ(Take(Event("evt_2", "failed")).outcome, "duplicate");
  EXPECT_EQ(Take(Event("evt_3", "deleted")).outcome, "duplicate");
  EXPECT_EQ(State(id), "in_transit");
}

TEST_F(TrackingStoreTest, ALetterThatWasGivenUpAndIsSeenByTheMailIsInTheMail) {
  const std::string id = Mailed();
  Take(Event("evt_1", "failed"));
  EXPECT_EQ(Take(Event("evt_2", "in_transit")).to_state, "in_transit");
  EXPECT_EQ(Column(id, "reason"), "");
  EXPECT_EQ(Column(id, "next_at > now()"), "t") << "it is followed again";
}

TEST_F(TrackingStoreTest, ALetterThatIsToBeCancelledStaysSoUntilTheMailHasIt) {
  const ClaimedLetter letter = Sending();
  WantedLetter order;
  order.payment_id = letter.payment_id;
  order.intake_id = Column(letter.payment_id, "intake_id");
  order.draft_id = letter.draft_id;
  order.content_sha256 = letter.content_sha256;
  order.appeal_type = "standard";
  EXPECT_EQ(Put(order, "cancel", 2), "cancelling");
  EXPECT_EQ(Take(Event("evt_1", "created", letter.payment_id)).to_state, "cancelling");
  EXPECT_EQ(Column(letter.payment_id, "lob_letter_id"), "ltr_1") << "it can be named";
  EXPECT_EQ(Take(Event("evt_2", "failed")).to_state, "cancelling") << "there may be a second one";
  EXPECT_EQ(Take(Event("evt_3", "in_transit")).to_state, "in_transit");
  EXPECT_EQ(Column(letter.payment_id, "reason"), "too_late_to_cancel");
  EXPECT_EQ(Take(Event("evt_4", "delivered")).to_state, "delivered");
  EXPECT_EQ(Column(letter.payment_id, "reason"), "too_late_to_cancel");
}

TEST_F(TrackingStoreTest, ACancelledOrderWhoseLetterThePrinterHasIsCancelledThere) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Put(order, "cancel", 2), "cancelled");
  EXPECT_EQ(Take(Event("evt_1", "created", order.payment_id)).to_state, "cancelling");
  const auto followed = Followed();
  ASSERT_TRUE(followed.has_value());
  EXPECT_EQ(followed->letter_id, "ltr_1");
}

TEST_F(TrackingStoreTest, ATrackingNumberThatComesLateIsToldToPayment) {
  const std::string id = Mailed();
  LobEvent mailed = Event("evt_1", "certified.mailed");
  mailed.news.tracking_number = "9407";
  mailed.news.expected_delivery = "2026-11-09";
  EXPECT_EQ(Take(mailed).outcome, "processed");
  EXPECT_EQ(Trail(id), "queued sending mailed mailed");
  const Delivery told = store_.Deliveries({id}, Soon())->front();
  EXPECT_EQ(told.tracking_number, "9407");
  EXPECT_EQ(told.expected_delivery, "2026-11-09");
  EXPECT_EQ(told.version, 4);
}

TEST_F(TrackingStoreTest, AnEventThatMovesNothingIsStoredWithItsIds) {
  const std::string id = Mailed();
  EXPECT_EQ(Take(Event("evt_1", "viewed", id)).outcome, "ignored");
  EXPECT_EQ(Take(Event("evt_1", "viewed", id)).outcome, "duplicate");
  EXPECT_EQ(Sql("SELECT type || ' ' || letter_id || ' ' || (payment_id = '" + id +
                "') FROM fulfillment.lob_events"),
            "letter.viewed ltr_1 true");
  EXPECT_LT(*tracking_.LastEventAge(Soon()).value(), 60);
}

TEST_F(TrackingStoreTest, OfManyAtOnceOneMovesTheLetter) {
  const std::string id = Mailed();
  std::vector<std::future<std::string>> outcomes;
  for (int i = 0; i < 16; ++i) {
    outcomes.push_back(std::async(std::launch::async, [&, i] {
      // Every event twice, and looks between them.
      const LobEvent event = Event("evt_" + std::to_string(i / 4), "delivered");
      return i % 4 < 2 ? Take(event).outcome : tracking_.Take(event.news, Soon())->outcome;
    }));
  }
  int processed = 0;
  for (auto& outcome : outcomes) processed += outcome.get() == "processed" ? 1 : 0;
  EXPECT_EQ(processed, 1);
  EXPECT_EQ(Trail(id), "queued sending mailed delivered");
}

TEST_F(TrackingStoreTest, NewsThatWaitedForOthersGoOnFromWhatTheseMadeOfTheLetter) {
  const std::string id = Mailed();
  // By another event, which is not done before this one waits for it.
  std::future<void> failing =
      MoveWhileOthersWait(id, "mailed", "state = 'failed_at_printer', reason = 'printer_failed'");
  LobEvent rendered = Event("evt_1", "rendered_pdf", id);
  rendered.news.tracking_number = "9407";
  EXPECT_EQ(Take(rendered).outcome, "processed");
  failing.get();
  EXPECT_EQ(Column(id, "concat_ws(' ', state, reason, tracking_number)"),
            "failed_at_printer printer_failed 9407");
  EXPECT_EQ(Trail(id), "queued sending mailed failed_at_printer failed_at_printer");
}

TEST(NewsOfLook, TellsEachThingOnceWithTheTimeOfTheLastScan) {
  const auto at = [](int day) { return time::TimePoint(std::chrono::days(20'000 + day)); };
  PrintedLetter seen{.letter_id = "ltr_1",
                     .payment_id = "",
                     .tracking_number = "9407",
                     .expected_delivery = "2026-11-09"};
  seen.scans = {{"accepted", at(0)}, {"delivered", at(4)}, {"moving", at(1)}, {"moving", at(2)}};
  std::string told;
  for (const LetterNews& news : NewsOfLook(seen)) {
    EXPECT_EQ(news.letter_id + news.tracking_number + news.expected_delivery,
              "ltr_194072026-11-09");
    told += news.news + " ";
  }
  EXPECT_EQ(told, "accepted moving delivered ");
  EXPECT_EQ(NewsOfLook(seen)[1].at, at(2));
  seen.fate = PrintedLetter::Fate::kDeleted;
  EXPECT_EQ(NewsOfLook(seen)[0].news, "deleted");
  seen.fate = PrintedLetter::Fate::kFailed;
  EXPECT_EQ(NewsOfLook(seen)[0].news, "failed");
}

}  // namespace
}  // namespace fsft::fulfillment
