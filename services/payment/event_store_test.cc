#include <gtest/gtest.h>

#include <future>

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
      return *events_.ApplyPaid(Paid(i % 2 == 0 ? "evt_same" : "evt_" + std::to_string(i)), false,
                                Soon());
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
  event.amount_total = 1;
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
  EXPECT_EQ(*events_.RecordEvent(event, false, Soon()), "ignored");
  EXPECT_EQ(*events_.RecordEvent(event, false, Soon()), "duplicate");
  EXPECT_LT(**events_.LastEventAge(Soon()), 60);
}

TEST_F(EventStoreTest, HasNoEventAgeBeforeTheFirstEvent) {
  EXPECT_FALSE(events_.LastEventAge(Soon())->has_value());
}

}  // namespace
}  // namespace fsft::payment
