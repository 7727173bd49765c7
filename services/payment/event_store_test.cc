#include <gtest/gtest.h>

#include <future>

#include "services/payment/checkout_sql.h"
#include "services/payment/test_payments.h"

namespace fsft::payment {
namespace {

using EventStoreTest = PaymentsTest;

TEST_F(EventStoreTest, MovesAPaidOrderAndTellsBothNeighboursInOneCommit) {
  OpenWithSession();
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Outbox(), "fulfillment,intake");
  EXPECT_EQ(Owner("SELECT string_agg(to_state, ',' ORDER BY version) FROM payment.audit_log"),
            "pending,paid");
  EXPECT_EQ(Owner("SELECT outcome FROM payment.stripe_events"), "processed");
  auto wanted = payments_.WantedOrders({kPayment}, Soon());
  ASSERT_EQ(wanted->size(), 1u);
  EXPECT_EQ(wanted->front().want, "mail");
  EXPECT_EQ(wanted->front().version, 2);
  EXPECT_TRUE(wanted->front().paid_at.has_value());
  EXPECT_EQ(wanted->front().amount_cents, 989);
  EXPECT_EQ(wanted->front().currency, "usd");
  EXPECT_EQ(wanted->front().refunded_cents, 0);
}

TEST_F(EventStoreTest, KeepsTheReceiptOfASessionThatWasLookedUp) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.source = "check";
  event.receipt_url = "https://pay.stripe.com/receipts/1";
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(Owner("SELECT receipt_url FROM payment.payments"), event.receipt_url);
  EXPECT_EQ(Owner("SELECT source FROM payment.stripe_events"), "check");
}

TEST_F(EventStoreTest, TakesAWebhookThatCameBeforeTheSessionWasStored) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_TRUE(checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
  EXPECT_EQ(State(), "paid");
}

TEST_F(EventStoreTest, DoesNothingForAnEventThatCameBefore) {
  OpenWithSession();
  Apply(Paid());
  EXPECT_EQ(Apply(Paid()), "duplicate");
  EXPECT_EQ(Apply(Paid("evt_2")), "duplicate");
  EXPECT_EQ(Owner("SELECT version FROM payment.payments"), "2");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events"), "2");
}

TEST_F(EventStoreTest, MovesOnceUnderTwentyConcurrentDeliveries) {
  OpenWithSession();
  std::vector<std::future<std::string>> deliveries;
  for (int i = 0; i < 20; ++i) {
    deliveries.push_back(std::async(std::launch::async, [this, i] {
      return Apply(Paid(i % 2 == 0 ? "evt_same" : "evt_" + std::to_string(i)));
    }));
  }
  int processed = 0;
  for (auto& delivery : deliveries) processed += delivery.get() == "processed";
  EXPECT_EQ(processed, 1);
  EXPECT_EQ(Owner("SELECT version FROM payment.payments"), "2");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.audit_log WHERE to_state = 'paid'"), "1");
}

TEST_F(EventStoreTest, PutsMoneyThatDoesNotFitIntoReview) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.amount_cents = 1;
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(State(), "review");
  EXPECT_EQ(Owner("SELECT reason FROM payment.audit_log WHERE to_state = 'review'"),
            "wrong_amount");
  EXPECT_EQ(payments_.WantedOrders({kPayment}, Soon())->front().want, "hold");
}

TEST_F(EventStoreTest, PutsAnotherCurrencyIntoReview) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.currency = "eur";
  Apply(event);
  EXPECT_EQ(Owner("SELECT reason FROM payment.audit_log WHERE to_state = 'review'"),
            "wrong_currency");
}

TEST_F(EventStoreTest, PutsMoneyForAnEndedPaymentIntoReview) {
  OpenWithSession();
  End();
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_EQ(State(), "review");
}

TEST_F(EventStoreTest, PutsTheSecondPaidSessionOfADraftIntoReview) {
  OpenWithSession();
  ASSERT_EQ(Apply(Paid()), "processed");
  // Two open payments of one draft cannot be made; this one stands for a database restored from a
  // backup that was older than the second checkout.
  Owner(std::string("INSERT INTO payment.payments SELECT (jsonb_populate_record(p, '{") +
        "\"payment_id\": \"" + kOtherPayment +
        "\", \"state\": \"pending\", \"version\": 1, "
        "\"stripe_session_id\": \"cs_test_2\", \"paid_at\": null}')).* FROM payment.payments p;"
        "INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version) VALUES ('" +
        kOtherPayment + "', 'checkout', 'open', 'pending', 1)");
  StripeEvent event = Paid("evt_2");
  event.payment_id = kOtherPayment;
  event.session_id = "cs_test_2";
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(State(kOtherPayment), "review");
  EXPECT_EQ(Owner("SELECT reason FROM payment.audit_log WHERE to_state = 'review'"),
            "second_session");
}

struct Ending {
  const char* type;
  const char* state;
};

TEST_F(EventStoreTest, EndsAPendingPaymentAndTellsNobody) {
  for (const Ending& ending : {Ending{"checkout.session.expired", "expired"},
                               Ending{"checkout.session.async_payment_failed", "failed"}}) {
    OpenWithSession();
    EXPECT_EQ(Apply(Event(std::string("evt_") + ending.state, ending.type)), "processed");
    EXPECT_EQ(State(), ending.state);
    EXPECT_EQ(Owner("SELECT action FROM payment.audit_log WHERE version = 2"), "session_ended");
    EXPECT_EQ(Outbox(), "");
    StartAfresh();
  }
}

TEST_F(EventStoreTest, DoesNotEndAPaymentTwiceOrAfterItWasPaid) {
  OpenWithSession();
  EXPECT_EQ(Apply(Event("evt_1", "checkout.session.expired")), "processed");
  EXPECT_EQ(Apply(Event("evt_1", "checkout.session.expired")), "duplicate");
  EXPECT_EQ(Apply(Event("evt_2", "checkout.session.async_payment_failed")), "duplicate");
  EXPECT_EQ(State(), "expired");
  EXPECT_EQ(Apply(Paid("evt_3")), "processed");
  EXPECT_EQ(Apply(Event("evt_4", "checkout.session.expired")), "duplicate");
  EXPECT_EQ(State(), "review");
}

// Stripe cannot mean both. Whichever comes first, the money is not lost, and somebody looks at it.
TEST_F(EventStoreTest, PutsASessionThatWasPaidAndIsOverIntoReview) {
  for (int round = 0; round < 5; ++round) {
    OpenWithSession();
    auto paid = std::async(std::launch::async, [this] { return Apply(Paid("evt_paid")); });
    auto ended = std::async(std::launch::async,
                            [this] { return Apply(Event("evt_end", "checkout.session.expired")); });
    EXPECT_EQ(paid.get(), "processed");
    EXPECT_EQ(ended.get(), "processed");
    EXPECT_EQ(State(), "review");
    StartAfresh();
  }
}

// The same race, with the worst timing: the event begins while the end is not committed yet.
TEST_F(EventStoreTest, PutsMoneyIntoReviewThatArrivesWhileTheSessionIsEnding) {
  OpenWithSession();
  std::future<std::string> paid;
  const absl::Status ended = database_->RunTransaction(Soon(), [&](db::Transaction& end) {
    auto rows = end.Run(sql::kEnd, {{"state", "expired"},
                                    {"payment_id", kPayment},
                                    {"session_id", Paid().session_id},
                                    {"reason", "session_expired"}});
    if (!rows.ok()) return rows.status();
    EXPECT_EQ(rows->size(), 1u);
    paid = std::async(std::launch::async, [&] { return Apply(Paid()); });
    WaitUntilSomebodyWaitsForALock();
    return absl::OkStatus();
  });
  ASSERT_TRUE(ended.ok()) << ended;
  EXPECT_EQ(paid.get(), "processed");
  EXPECT_EQ(State(), "review");
}

TEST_F(EventStoreTest, PaysByAnAsynchronousPaymentThatSucceeds) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.type = "checkout.session.async_payment_succeeded";
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(State(), "paid");
}

TEST_F(EventStoreTest, MailsNothingThatWasPaidBackBeforeOrAfterThePaymentWasKnown) {
  for (const bool refund_first : {true, false}) {
    OpenWithSession();
    if (refund_first) Apply(Event("evt_refund", "charge.refunded"));
    EXPECT_EQ(Apply(Paid()), "processed");
    if (!refund_first) Apply(Event("evt_refund", "charge.refunded"));
    const WantedOrder order = payments_.WantedOrders({kPayment}, Soon())->front();
    EXPECT_EQ(order.want, "cancel");
    EXPECT_EQ(order.version, 3);
    EXPECT_EQ(State(), "paid");
    EXPECT_EQ(Outbox(), "fulfillment,intake");
    StartAfresh();
  }
}

TEST_F(EventStoreTest, CountsWhatWasPaidBackAltogetherAndOnce) {
  OpenWithSession();
  Apply(Paid());
  StripeEvent part = Event("evt_2", "charge.refunded"), more = Event("evt_3", "charge.refunded");
  part.amount_cents = 100;
  more.amount_cents = 500;
  EXPECT_EQ(Apply(more), "processed");
  // It happened before, and is in the sum.
  EXPECT_EQ(Apply(part), "duplicate");
  EXPECT_EQ((*payments_.FindByPayment(kPayment, Soon()))->refunded_cents, 500);
  EXPECT_EQ(payments_.WantedOrders({kPayment}, Soon())->front().want, "mail");
}

TEST_F(EventStoreTest, MatchesAnEventByItsSessionAlone) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.payment_id.clear();
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(Owner("SELECT payment_id FROM payment.stripe_events"), kPayment);
}

TEST_F(EventStoreTest, MatchesAnUnmatchedEventWhenItComesAgain) {
  EXPECT_EQ(Apply(Paid()), "unmatched");
  EXPECT_EQ(Apply(Paid()), "duplicate");
  OpenWithSession();
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_EQ(Apply(Paid()), "duplicate");
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events"), "1");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.unmatched_events"), "0");
}

// As a twin leaves it that was stored while this one found its payment.
TEST_F(EventStoreTest, TakesAwayWhatWaitsForAnEventThatHasCounted) {
  OpenWithSession();
  ASSERT_EQ(Apply(Paid()), "processed");
  ASSERT_EQ(Apply(Event("evt_refund", "charge.refunded")), "processed");
  Owner(
      "INSERT INTO payment.unmatched_events (event_id, created_at, payment_id)"
      " SELECT event_id, created_at, payment_id FROM payment.stripe_events");
  EXPECT_EQ(Apply(Paid()), "duplicate");
  EXPECT_EQ(Apply(Event("evt_refund", "charge.refunded")), "duplicate");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.unmatched_events"), "0");
}

TEST_F(EventStoreTest, TellsOfUnmatchedEventsWhenTheirPaymentMoves) {
  ASSERT_EQ(Apply(Event("evt_refund", "charge.refunded")), "unmatched");
  OpenWithSession();
  auto applied = events_.Apply(Paid(), false, Soon());
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_TRUE(applied->others_wait);
  auto waiting = events_.Unmatched(kPayment, Soon());
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_EQ(waiting->front().id, "evt_refund");
  EXPECT_EQ(Apply(waiting->front()), "processed");
  EXPECT_EQ(payments_.WantedOrders({kPayment}, Soon())->front().want, "cancel");
}

// There is no payment yet for which they could be tried.
TEST_F(EventStoreTest, TellsOfNoneWhileThePaymentIsUnknown) {
  ASSERT_EQ(Apply(Paid("evt_first")), "unmatched");
  auto applied = events_.Apply(Paid("evt_second"), false, Soon());
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->outcome, "unmatched");
  EXPECT_FALSE(applied->others_wait);
}

TEST_F(EventStoreTest, StoresConcurrentUnmatchedTwinsOnce) {
  std::vector<std::future<std::string>> twins;
  for (int i = 0; i < 8; ++i)
    twins.push_back(std::async(std::launch::async, [this] { return Apply(Paid()); }));
  int unmatched = 0;
  for (auto& twin : twins) unmatched += twin.get() == "unmatched";
  EXPECT_EQ(unmatched, 1);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.unmatched_events"), "1");
}

TEST_F(EventStoreTest, StoresAnEventOfAnUnknownPaymentAsUnmatched) {
  StripeEvent event = Paid();
  EXPECT_EQ(Apply(event), "unmatched");
  event.id = "evt_2";
  event.payment_id.clear();
  EXPECT_EQ(Apply(event), "unmatched");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events WHERE outcome = 'unmatched'"), "2");
}

TEST_F(EventStoreTest, DoesNotTakeAnotherSessionsMoneyForAPayment) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.session_id = "cs_test_other";
  EXPECT_EQ(Apply(event), "unmatched");
  EXPECT_EQ(State(), "pending");
}

TEST_F(EventStoreTest, RejectsAnEventOfTheOtherLivemode) {
  OpenWithSession();
  EXPECT_EQ(Apply(Paid(), /*livemode=*/true), "rejected");
  EXPECT_EQ(State(), "pending");
}

TEST_F(EventStoreTest, RecordsOtherEventsOnce) {
  StripeEvent event = Paid();
  event.type = "payment_intent.created";
  EXPECT_EQ(Apply(event), "ignored");
  EXPECT_EQ(Apply(event), "duplicate");
  EXPECT_LT(**events_.LastEventAge(Soon()), 60);
}

TEST_F(EventStoreTest, HasNoEventAgeBeforeTheFirstEvent) {
  EXPECT_FALSE(events_.LastEventAge(Soon())->has_value());
}

}  // namespace
}  // namespace fsft::payment
