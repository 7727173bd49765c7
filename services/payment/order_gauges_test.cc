#include "services/payment/order_gauges.h"

#include <gtest/gtest.h>

#include "services/payment/order_gauges_sql.h"
#include "services/payment/test_payments.h"
#include "tests/support/explain.h"

namespace fsft::payment {
namespace {

class OrderGaugesTest : public PaymentsTest {
 protected:
  double Measured(const char* name, const metrics::Labels& labels = {}) {
    const absl::StatusOr<int> measured = gauges_.Measure();
    EXPECT_TRUE(measured.ok()) << measured.status();
    return registry_.AddGauge(name, "", labels).Value();
  }
  double Waiting(const char* state) { return Measured("orders_waiting", {{"state", state}}); }
  double Outbox(const char* target, const char* name = "outbox_orders") {
    return Measured(name, {{"from", "payment"}, {"to", target}});
  }
  // So many payments that are over, and all that was ever told of them.
  void MakeHistory(int payments) {
    Owner(
        "WITH made AS (INSERT INTO payment.payments (payment_id, intake_id, draft_id, "
        "content_sha256, state, appeal_type, amount_cents, currency, product_name, success_url, "
        "cancel_url, session_expires_at, ended_at) SELECT gen_random_uuid(), intake_id, draft_id, "
        "sha256('x'), 'expired', 'standard', 989, 'usd', '', '', '', now(), now() "
        "FROM intake.drafts, generate_series(1, " +
        std::to_string(payments) +
        ") RETURNING payment_id), event AS (INSERT INTO payment.stripe_events (event_id, "
        "created_at, type, outcome, livemode, source) SELECT payment_id, now(), 'x', 'processed', "
        "false, 'list' FROM made) INSERT INTO payment.audit_log (payment_id, actor, action, "
        "to_state, version) "
        "SELECT payment_id, 'test', 'open', 'expired', 1 FROM made");
    test_database_->Query("postgres", "VACUUM ANALYZE payment.payments");
    test_database_->Query("postgres", "VACUUM ANALYZE payment.stripe_events");
  }
  int64_t Buffers() {
    return test::BuffersOf(*test_database_, "payment_rw", std::string(sql::kOrderGauges.sql), {});
  }

  db::Gauges gauges_ = OrderGauges(*database_, registry_);
};

TEST_F(OrderGaugesTest, ShowAnOrderUntilItIsMailed) {
  EXPECT_EQ(Waiting("pending"), 0);
  OpenWithSession();
  EXPECT_EQ(Waiting("pending"), 1);
  EXPECT_EQ(Measured("orders_unmailed"), 0);
  ASSERT_EQ(Apply(Paid()), "processed");
  EXPECT_EQ(Waiting("pending"), 0);
  EXPECT_EQ(Measured("orders_unmailed"), 1);
  EXPECT_EQ(Outbox("fulfillment"), 1);
  EXPECT_EQ(Outbox("intake"), 1);
  Owner("UPDATE payment.payments SET paid_at = now() - interval '90 minutes'");
  Owner(
      "UPDATE payment.outbox SET created_at = now() - interval '80 minutes' WHERE target = "
      "'intake'");
  EXPECT_NEAR(Measured("order_oldest_unmailed_age_seconds"), 5400, 60);
  EXPECT_NEAR(Outbox("intake", "outbox_oldest_age_seconds"), 4800, 60);
  EXPECT_LT(Outbox("fulfillment", "outbox_oldest_age_seconds"), 60);
  ASSERT_EQ(payments_
                .PutDeliveries({{.payment_id = kPayment,
                                 .version = 1,
                                 .state = "mailed",
                                 .letter_id = "ltr_1",
                                 .mailed_at = time::SystemClock().Now()}},
                               Soon())
                ->mailed,
            1);
  Owner("DELETE FROM payment.outbox");
  EXPECT_EQ(Measured("orders_unmailed"), 0);
  EXPECT_EQ(Measured("order_oldest_unmailed_age_seconds"), 0);
  EXPECT_EQ(Outbox("intake"), 0);
}

TEST_F(OrderGaugesTest, ShowNoOrderWhoseLetterIsNotToBeMailed) {
  OpenWithSession();
  ASSERT_EQ(Apply(Paid()), "processed");
  ASSERT_EQ(Measured("orders_unmailed"), 1);
  for (const char* change :
       {"dispute = 'lost'", "dispute = 'open'", "dispute = 'inquiry'", "hold = true",
        "refund_reserved_cents = 300", "delivery_state = 'cancelled'"}) {
    Owner(std::string("UPDATE payment.payments SET ") + change);
    EXPECT_EQ(Measured("orders_unmailed"), 0) << change;
    EXPECT_EQ(Measured("order_oldest_unmailed_age_seconds"), 0) << change;
    Owner(
        "UPDATE payment.payments SET dispute = 'none', hold = false, refund_reserved_cents = 0, "
        "delivery_state = NULL");
    EXPECT_EQ(Measured("orders_unmailed"), 1) << change;
  }
}

TEST_F(OrderGaugesTest, ShowWhatWaitsForAnOperator) {
  OpenWithSession();
  StripeEvent wrong = Paid();
  wrong.amount_cents = 1;
  ASSERT_EQ(Apply(wrong), "processed");
  EXPECT_EQ(Waiting("review"), 1);
  StripeEvent foreign = Paid("evt_foreign");
  foreign.payment_id = kOtherPayment;
  foreign.session_id = "cs_test_other";
  ASSERT_EQ(Apply(foreign), "unmatched");
  Owner("UPDATE payment.unmatched_events SET received_at = now() - interval '2 hours'");
  EXPECT_EQ(Measured("stripe_events_unmatched"), 1);
  EXPECT_NEAR(Measured("stripe_event_oldest_unmatched_age_seconds"), 7200, 60);
  Owner("DELETE FROM payment.unmatched_events");
  EXPECT_EQ(Measured("stripe_events_unmatched"), 0);
}

TEST_F(OrderGaugesTest, TellWhenTheLastWebhookCame) {
  Owner("DELETE FROM payment.stripe_events");
  EXPECT_EQ(Measured("stripe_webhook_last_age_seconds"), -1);
  OpenWithSession();
  ASSERT_EQ(Apply(Paid()), "processed");
  Owner("UPDATE payment.stripe_events SET received_at = now() - interval '10 minutes'");
  EXPECT_NEAR(Measured("stripe_webhook_last_age_seconds"), 600, 60);
}

TEST_F(OrderGaugesTest, CostNoMoreWhenThereIsMuchHistory) {
  // All that follows was read on Stripe's list.
  Owner(
      "INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, livemode, source, "
      "received_at) VALUES ('evt_webhook', now(), 'x', 'ignored', false, 'webhook', now() - "
      "interval '1 hour')");
  MakeHistory(2'000);
  const int64_t before = Buffers();
  MakeHistory(20'000);
  EXPECT_LE(Buffers(), before + 20);
  EXPECT_NEAR(Measured("stripe_webhook_last_age_seconds"), 3600, 60);
}

}  // namespace
}  // namespace fsft::payment
