#include "services/fulfillment/tracking/letter_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/fulfillment/test_orders.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

namespace v1 = fightsftickets::fulfillment::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LetterReportsTest : public LettersTest {
 protected:
  // A letter that the printer has, which was mailed and last seen so many days ago.
  std::string OnItsWay(const std::string& state, int mailed_days, int moved_days = -1) {
    std::string id = PutNewOrder().payment_id;
    const auto ago = [](int days) {
      return "now() - interval '" + std::to_string(days) + " days'";
    };
    Sql("UPDATE fulfillment.letters SET state = '" + state +
        "', lob_letter_id = 'ltr_' || "
        "payment_id, mailed_at = " +
        ago(mailed_days) + ", moved_at = " + (moved_days < 0 ? "NULL" : ago(moved_days)) +
        " WHERE payment_id = '" + id + "'; UPDATE fulfillment.audit_log SET to_state = '" + state +
        "' WHERE payment_id = '" + id + "'");
    return id;
  }
  absl::StatusOr<v1::ListResponse> Ask(v1::LetterList list, int limit = 0,
                                       const std::string& cursor = "") {
    v1::ListRequest request;
    request.set_list(list);
    request.set_limit(limit);
    request.set_cursor(cursor);
    return reports_.List(request, Soon());
  }
  std::vector<std::string> Ids(v1::LetterList list) {
    std::vector<std::string> ids;
    const auto page = Ask(list);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const v1::ListedLetter& letter : page->letters()) ids.push_back(letter.payment_id());
    return ids;
  }
  double Stuck() {
    EXPECT_TRUE(reports_.Measure().ok());
    return registry_.AddGauge("letters_stuck", "").Value();
  }

  LetterReports reports_{*database_, registry_, /*livemode=*/false};
};

TEST_F(LetterReportsTest, StuckIsOfWhatNothingWasHeardForTooLong) {
  const std::string mailed = OnItsWay("mailed", 15);
  OnItsWay("mailed", 13);
  OnItsWay("in_transit", 30, 2);
  const std::string quiet = OnItsWay("in_transit", 30, 15);
  OnItsWay("delivered", 30, 20);
  OnItsWay("mailed", 61);  // history
  EXPECT_THAT(Ids(v1::LETTER_LIST_STUCK), ElementsAre(mailed, quiet));
  EXPECT_EQ(Stuck(), 2);
}

TEST_F(LetterReportsTest, WaitingIsWhatThePrinterShouldHaveHadByNow) {
  const std::string old = PutNewOrder().payment_id;
  PutNewOrder();
  const WantedLetter held = PutNewOrder();
  Put(held, "hold", 2);
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '2 hours' WHERE payment_id IN ('" +
      old + "', '" + held.payment_id + "')");
  EXPECT_THAT(Ids(v1::LETTER_LIST_WAITING), ElementsAre(old));
}

TEST_F(LetterReportsTest, OtherListsAreNamedAfterTheStates) {
  const std::string queued = PutNewOrder().payment_id;
  const std::string mailed = OnItsWay("mailed", 1);
  const std::string returned = OnItsWay("returned", 1, 1);
  EXPECT_THAT(Ids(v1::LETTER_LIST_QUEUED), ElementsAre(queued));
  EXPECT_THAT(Ids(v1::LETTER_LIST_MAILED), ElementsAre(mailed));
  EXPECT_THAT(Ids(v1::LETTER_LIST_RETURNED), ElementsAre(returned));
  EXPECT_THAT(Ids(v1::LETTER_LIST_DEAD_LETTER), IsEmpty());
  const v1::ListedLetter letter = Ask(v1::LETTER_LIST_MAILED)->letters(0);
  EXPECT_EQ(letter.state(), fightsftickets::common::v1::DELIVERY_STATE_MAILED);
  EXPECT_EQ(letter.letter_id(), "ltr_" + mailed);
  EXPECT_EQ(letter.want(), "mail");
  EXPECT_TRUE(letter.has_moved_at());
}

TEST_F(LetterReportsTest, PagesShowEveryLetterOnce) {
  std::vector<std::string> made, seen;
  for (int i = 0; i < 5; ++i) made.push_back(PutNewOrder().payment_id);
  std::string cursor;
  do {
    const auto page = Ask(v1::LETTER_LIST_QUEUED, 2, cursor);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::ListedLetter& letter : page->letters()) seen.push_back(letter.payment_id());
    cursor = page->next_cursor();
  } while (!cursor.empty());
  EXPECT_EQ(seen, made);
}

TEST_F(LetterReportsTest, WhatNoListHasIsNotAsked) {
  EXPECT_EQ(Ask(v1::LETTER_LIST_UNSPECIFIED).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Ask(static_cast<v1::LetterList>(99)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Ask(v1::LETTER_LIST_STUCK, 101).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Ask(v1::LETTER_LIST_STUCK, -1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Ask(v1::LETTER_LIST_STUCK, 1, "x").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(LetterReportsTest, WhatOperatorsHaveCancelledIsListedUntilItsMoneyHasGoneBack) {
  const WantedLetter order = PutNewOrder();
  const std::string& queued = order.payment_id;
  const std::string mailed = OnItsWay("mailed", 1);
  PutNewOrder();
  ASSERT_TRUE(store_.Cancel(queued, "ann", Soon()).ok());
  ASSERT_TRUE(store_.Cancel(mailed, "bob", Soon()).ok());
  const auto page = Ask(v1::LETTER_LIST_CANCELLED_BY_OPERATOR);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->letters_size(), 2);
  EXPECT_EQ(page->letters(0).payment_id(), queued);
  EXPECT_EQ(page->letters(0).cancelled_by(), "ann");
  EXPECT_EQ(page->letters(0).want(), "cancel");
  EXPECT_EQ(page->letters(1).cancelled_by(), "bob");
  EXPECT_EQ(page->letters(1).state(), fightsftickets::common::v1::DELIVERY_STATE_CANCELLING);
  EXPECT_THAT(Ids(v1::LETTER_LIST_QUEUED), testing::SizeIs(1));

  WantedLetter refunded = order;
  refunded.want = "cancel";
  ++refunded.version;
  ASSERT_TRUE(store_.PutOrders({refunded}, Soon()).ok());
  EXPECT_THAT(Ids(v1::LETTER_LIST_CANCELLED_BY_OPERATOR), ElementsAre(mailed));
}

TEST_F(LetterReportsTest, LettersThatWaitForAKeyOfTheOtherModeAreCounted) {
  const auto counted = [&] {
    EXPECT_TRUE(reports_.Measure().ok());
    return registry_.AddGauge("letters_of_other_mode", "").Value();
  };
  WantedLetter order = NewOrder();
  order.livemode = false;
  Put(order, "mail", 1);
  PutNewOrder();
  EXPECT_EQ(counted(), 0);
  order = NewOrder();
  order.livemode = true;
  Put(order, "hold", 1);
  EXPECT_EQ(counted(), 0) << "it waits for payment";
  Put(order, "mail", 2);
  EXPECT_EQ(counted(), 1);
}

TEST_F(LetterReportsTest, ATrailTellsWhoDidWhat) {
  const std::string id = PutNewOrder().payment_id;
  const auto trail = reports_.AuditTrail(id, Soon());
  ASSERT_TRUE(trail.ok()) << trail.status();
  ASSERT_EQ(trail->entries_size(), 1);
  EXPECT_EQ(trail->entries(0).actor(), "payment");
  EXPECT_EQ(trail->entries(0).from_state(), "");
  EXPECT_EQ(trail->entries(0).to_state(), "queued");
  EXPECT_EQ(trail->entries(0).version(), 1);
  EXPECT_EQ(rpc::DetailOf(reports_.AuditTrail(NewOrder().payment_id, Soon()).status()).reason(),
            "letter_not_found");
}

TEST_F(LetterReportsTest, TellsWhatHappenedLastToAnyLetter) {
  const std::string first = PutNewOrder().payment_id;
  Sql("UPDATE fulfillment.audit_log SET at = at - interval '1 hour'");
  const std::string second = PutNewOrder().payment_id;
  v1::ListActivityRequest request;
  const auto activity = reports_.Activity(request, Soon());
  ASSERT_TRUE(activity.ok()) << activity.status();
  ASSERT_EQ(activity->entries_size(), 2);
  EXPECT_EQ(activity->entries(0).payment_id(), second);
  EXPECT_EQ(activity->entries(0).to_state(), "queued");
  EXPECT_EQ(activity->entries(1).payment_id(), first);
  request.set_limit(1);
  EXPECT_EQ(reports_.Activity(request, Soon())->entries_size(), 1);
  request.set_limit(-1);
  EXPECT_TRUE(absl::IsInvalidArgument(reports_.Activity(request, Soon()).status()));
}

TEST_F(LetterReportsTest, NumbersAreAsLongAsTheLists) {
  PutNewOrder();
  OnItsWay("mailed", 15);
  OnItsWay("delivered", 15);
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '2 hours' WHERE state = 'queued'; "
      "INSERT INTO fulfillment.unmatched_lob_events (event_id, created_at, letter_id) VALUES "
      "('evt_1', now(), 'ltr_x')");
  const auto stats = reports_.Stats(Soon());
  ASSERT_TRUE(stats.ok()) << stats.status();
  EXPECT_EQ(stats->letters().at("queued"), 1);
  EXPECT_EQ(stats->letters().at("delivered"), 1);
  EXPECT_EQ(stats->stuck(), 1);
  EXPECT_EQ(stats->waiting(), 1);
  EXPECT_EQ(stats->dead_letter(), 0);
  EXPECT_EQ(stats->unmatched_events(), 1);
}

}  // namespace
}  // namespace fsft::fulfillment
