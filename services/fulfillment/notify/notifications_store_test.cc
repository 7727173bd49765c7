// What is intended, by whatever moves a letter; and who has it.

#include "services/fulfillment/notify/notifications_store.h"

#include <gtest/gtest.h>

#include <future>

#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using std::chrono::seconds;

constexpr seconds kLease{120};
constexpr seconds kNews{7 * 86'400};

class NotificationsStoreTest : public LettersTest {
 protected:
  // "kind:state …" of an order, by kind.
  std::string Intended(const WantedLetter& order) {
    return Sql(
        "SELECT string_agg(kind || ':' || state, ' ' ORDER BY kind) FROM "
        "fulfillment.notifications WHERE payment_id = '" +
        order.payment_id + "'");
  }
  // As a worker, a webhook or an operator would, whoever that is; a letter at the printer has an id.
  void Move(const WantedLetter& order, const std::string& state) {
    Sql("UPDATE fulfillment.letters SET state = '" + state +
        "', lob_letter_id = 'ltr_' || payment_id, mailed_at = now(), reason = 'why' WHERE "
        "payment_id = '" +
        order.payment_id + "'");
  }
  void Tell(WantedLetter& order, std::string want, int64_t refunded) {
    order.refunded_cents = refunded;
    Put(order, std::move(want), ++order.version);
  }
  std::optional<Notification> Claim(NotificationsStore& store) {
    const auto notification = store.Claim(kLease, kNews, Soon());
    EXPECT_TRUE(notification.ok()) << notification.status();
    return notification.ok() ? *notification : std::nullopt;
  }
  void MakeAllDue() {
    Sql("UPDATE fulfillment.notifications SET next_at = now() - interval '1 second'");
  }
  // Moves by hand leave no trail.
  void TearDown() override {
    Sql("DELETE FROM fulfillment.letters");
    LettersTest::TearDown();
  }

  NotificationsStore notifications_{*database_};
};

TEST_F(NotificationsStoreTest, EachNewsIsIntendedWithTheChangeThatItTellsOf) {
  WantedLetter order = PutNewOrder();
  EXPECT_EQ(Intended(order), "paid:pending");
  Move(order, "mailed");
  EXPECT_EQ(Intended(order), "mailed:pending paid:pending");
  Move(order, "in_transit");
  Move(order, "delivered");
  EXPECT_EQ(Intended(order), "delivered:pending mailed:pending paid:pending");
  Tell(order, "mail", 300);
  EXPECT_EQ(Intended(order), "delivered:pending mailed:pending paid:pending refunded:pending");
}

TEST_F(NotificationsStoreTest, AnUnhappyEndIsIntendedToo) {
  for (const char* state : {"dead_letter", "failed_at_printer"}) {
    const WantedLetter order = PutNewOrder();
    Move(order, state);
    EXPECT_EQ(Intended(order), "failed:pending paid:pending") << state;
  }
  const WantedLetter order = PutNewOrder();
  Move(order, "returned");
  EXPECT_EQ(Intended(order), "paid:pending returned:pending");
}

// Where the first scan is the first that we hear.
TEST_F(NotificationsStoreTest, ALetterThatIsSuddenlyOnItsWayWasMailed) {
  const WantedLetter order = PutNewOrder();
  Move(order, "in_transit");
  EXPECT_EQ(Intended(order), "mailed:pending paid:pending");
}

TEST_F(NotificationsStoreTest, WhatDoesNotConcernTheCustomerIsNotIntended) {
  WantedLetter order = NewOrder();
  Tell(order, "hold", 0);
  EXPECT_EQ(Intended(order), "") << "the money is in question";
  Tell(order, "mail", 0);
  EXPECT_EQ(Intended(order), "paid:pending");
  for (const char* state : {"outcome_unknown", "cancelling", "cancelled", "queued"}) {
    Sql("UPDATE fulfillment.letters SET last_post_at = now(), unsure_since = now()");
    Move(order, state);
  }
  EXPECT_EQ(Intended(order), "paid:pending");

  WantedLetter cancelled = NewOrder();
  Tell(cancelled, "cancel", 989);
  EXPECT_EQ(Intended(cancelled), "refunded:pending");
  Move(cancelled, "failed_at_printer");
  EXPECT_EQ(Intended(cancelled), "refunded:pending") << "the letter is not wanted any more";
  Tell(cancelled, "hold", 989);
  EXPECT_EQ(Intended(cancelled), "failed:pending refunded:pending") << "and now it is again";
}

TEST_F(NotificationsStoreTest, TheSameNewsIsIntendedOnce) {
  WantedLetter order = PutNewOrder();
  for (int64_t i = 1; i < 5; ++i) {
    Move(order, "mailed");
    Move(order, "queued");
    Tell(order, i % 2 == 0 ? "mail" : "hold", i * 100);
    const auto notification = Claim(notifications_);
    if (!notification) continue;
    EXPECT_TRUE(*notifications_.End(*notification, "sent", "", Soon()));
  }
  EXPECT_EQ(Intended(order), "mailed:sent paid:sent refunded:sent");
}

TEST_F(NotificationsStoreTest, NothingIsIntendedOfWhatIsRolledBack) {
  const WantedLetter order = PutNewOrder();
  Sql("BEGIN; UPDATE fulfillment.letters SET state = 'dead_letter', reason = 'x' WHERE payment_id "
      "= '" +
      order.payment_id + "'; ROLLBACK");
  EXPECT_EQ(Intended(order), "paid:pending");
}

TEST_F(NotificationsStoreTest, AClaimShowsHowTheOrderStands) {
  WantedLetter order = NewOrder();
  order.amount_cents = 1989;
  order.currency = "usd";
  Tell(order, "mail", 300);
  Sql("DELETE FROM fulfillment.notifications WHERE kind = 'refunded'; UPDATE fulfillment.letters "
      "SET tracking_number = '940', expected_delivery = '2026-12-03'");
  const auto notification = Claim(notifications_);
  ASSERT_TRUE(notification.has_value());
  EXPECT_EQ(notification->payment_id, order.payment_id);
  EXPECT_EQ(notification->intake_id, order.intake_id);
  EXPECT_EQ(notification->kind, "paid");
  EXPECT_FALSE(notification->is_too_old);
  const OrderFacts& facts = notification->facts;
  EXPECT_EQ(facts.state + " " + facts.want, "queued mail");
  EXPECT_EQ(facts.amount_cents, 1989);
  EXPECT_EQ(facts.currency, "usd");
  EXPECT_EQ(facts.refunded_cents, 300);
  EXPECT_EQ(facts.tracking_number, "940");
  EXPECT_EQ(facts.expected_delivery, "2026-12-03");
}

TEST_F(NotificationsStoreTest, OneOfManyHasAnEmail) {
  constexpr int kOrders = 20;
  for (int i = 0; i < kOrders; ++i) PutNewOrder();
  std::vector<std::future<int>> claimers;
  for (int i = 0; i < 6; ++i) {
    claimers.push_back(std::async(std::launch::async, [&] {
      NotificationsStore replica(*database_);
      int claimed = 0;
      while (const auto notification = Claim(replica)) {
        claimed += *replica.End(*notification, "sent", "", Soon()) ? 1 : 0;
      }
      return claimed;
    }));
  }
  int sent = 0;
  for (auto& claimer : claimers) sent += claimer.get();
  EXPECT_EQ(sent, kOrders);
  EXPECT_EQ(Sql("SELECT max(claim) FROM fulfillment.notifications"), "1");
}

TEST_F(NotificationsStoreTest, WhoHasLostTheLeaseWritesNothing) {
  PutNewOrder();
  const auto first = Claim(notifications_);
  EXPECT_FALSE(Claim(notifications_).has_value()) << "it is leased";
  MakeAllDue();
  NotificationsStore other(*database_);
  const auto second = Claim(other);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_FALSE(*notifications_.End(*first, "sent", "", Soon()));
  EXPECT_FALSE(*notifications_.PutOff(*first, "x", seconds(1), Soon()));
  EXPECT_FALSE(*notifications_.TakeBack(*first, Soon()));
  EXPECT_TRUE(*other.End(*second, "failed", "smtp_550", Soon()));
  EXPECT_FALSE(*other.End(*second, "sent", "", Soon())) << "it has ended";
  EXPECT_EQ(Sql("SELECT state || ' ' || reason || ' ' || (sent_at IS NULL) FROM "
                "fulfillment.notifications"),
            "failed smtp_550 true");
}

TEST_F(NotificationsStoreTest, WhatIsPutOffComesBackWithOneMoreFailure) {
  PutNewOrder();
  EXPECT_TRUE(*notifications_.PutOff(*Claim(notifications_), "smtp_451", seconds(30), Soon()));
  EXPECT_FALSE(Claim(notifications_).has_value());
  EXPECT_EQ(Sql("SELECT round(extract(epoch FROM next_at - now())) BETWEEN 1 AND 30 FROM "
                "fulfillment.notifications"),
            "t");
  MakeAllDue();
  NotificationsStore other(*database_);
  EXPECT_EQ(Claim(other)->failures, 1);
}

TEST_F(NotificationsStoreTest, WhatIsTakenBackMayBeIntendedAgain) {
  const WantedLetter order = PutNewOrder();
  const auto paid = Claim(notifications_);
  EXPECT_TRUE(*notifications_.TakeBack(*paid, Soon()));
  EXPECT_EQ(Intended(order), "");
}

// The letter has moved between the look and the end: the news may be true again.
TEST_F(NotificationsStoreTest, NothingIsTakenBackOfALetterThatHasMovedMeanwhile) {
  WantedLetter order = PutNewOrder();
  const auto seen = Claim(notifications_);
  Tell(order, "hold", 0);
  EXPECT_FALSE(*notifications_.TakeBack(*seen, Soon()));
  MakeAllDue();
  NotificationsStore other(*database_);
  const auto again = Claim(other);
  Sql("UPDATE fulfillment.letters SET version = version + 1");
  EXPECT_FALSE(*other.TakeBack(*again, Soon()));
  EXPECT_EQ(Intended(order), "paid:pending");
}

TEST_F(NotificationsStoreTest, NewsGrowsOld) {
  const WantedLetter order = PutNewOrder();
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '8 days'");
  EXPECT_TRUE(Claim(notifications_)->is_too_old) << "told anew, of a payment of long ago";
  Move(order, "mailed");
  EXPECT_FALSE(Claim(notifications_)->is_too_old);
  Sql("UPDATE fulfillment.notifications SET created_at = now() - interval '8 days'");
  MakeAllDue();
  NotificationsStore other(*database_);
  EXPECT_TRUE(Claim(other)->is_too_old);
}

TEST_F(NotificationsStoreTest, WithoutAServerWhatIsDueIsSkippedAndWhatIsLeasedIsLeft) {
  const WantedLetter leased = PutNewOrder();
  const auto notification = Claim(notifications_);
  const WantedLetter due = PutNewOrder();
  EXPECT_EQ(*notifications_.SkipDue(100, Soon()), std::vector<std::string>{"paid"});
  EXPECT_EQ(Intended(due), "paid:skipped");
  EXPECT_TRUE(*notifications_.End(*notification, "sent", "", Soon()));
  EXPECT_TRUE(notifications_.SkipDue(100, Soon())->empty());
}

TEST_F(NotificationsStoreTest, KnowsHowLongTheOldestHasWaited) {
  EXPECT_EQ(*notifications_.AgeOfOldest(Soon()), seconds(0));
  PutNewOrder();
  Sql("UPDATE fulfillment.notifications SET created_at = now() - interval '100 seconds'");
  EXPECT_GE(*notifications_.AgeOfOldest(Soon()), seconds(100));
  EXPECT_LT(*notifications_.AgeOfOldest(Soon()), seconds(1000));
  EXPECT_TRUE(*notifications_.End(*Claim(notifications_), "sent", "", Soon()));
  EXPECT_EQ(*notifications_.AgeOfOldest(Soon()), seconds(0));
}

TEST_F(NotificationsStoreTest, EmailsGoWithTheirLetter) {
  const WantedLetter order = PutNewOrder();
  Sql("DELETE FROM fulfillment.letters WHERE payment_id = '" + order.payment_id + "'");
  EXPECT_EQ(Intended(order), "");
}

}  // namespace
}  // namespace fsft::fulfillment
