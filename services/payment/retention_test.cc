#include "services/payment/retention.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "services/payment/retention_sql.h"
#include "services/payment/test_payments.h"
#include "tests/support/explain.h"

namespace fsft::payment {
namespace {

using config::Retention;

class RetentionTest : public PaymentsTest {
 protected:
  // One whole pass over the rows of a kind; answers how many it settled.
  double Pass(std::string_view name, Retention mode = Retention::kOn) {
    for (retention::Kind& kind : KeptForATime(config_, *database_)) {
      if (kind.name != name) continue;
      metrics::Registry registry;
      retention::Sweep sweep(std::move(kind), *database_, registry, mode);
      while (*sweep.Step() > 0) {
      }
      due_ = registry.AddGauge("retention_due", "", {{"kind", std::string(name)}}).Value();
      return registry.AddCounter("retention_settled_total", "", {{"kind", std::string(name)}})
          .Value();
    }
    throw std::logic_error("there is no such kind");
  }

  // A paid order whose letter was delivered, which both neighbours know.
  void Deliver(int64_t version = 1) {
    ASSERT_EQ(payments_
                  .PutDeliveries({{.payment_id = kPayment,
                                   .version = version,
                                   .state = "delivered",
                                   .letter_id = "ltr_1",
                                   .mailed_at = time::SystemClock().Now()}},
                                 Soon())
                  ->moved,
              1);
    Owner("DELETE FROM payment.outbox");
  }
  void MakeHistory(int days) {
    OpenWithSession();
    Apply(Paid());
    Deliver();
    Age(days);
  }
  // As if everything had been so many days earlier.
  void Age(int days) {
    Owner(absl::StrReplaceAll(
        "UPDATE payment.payments SET created_at = created_at - $d, updated_at = updated_at - $d, "
        "paid_at = paid_at - $d, ended_at = ended_at - $d, mailed_at = mailed_at - $d;"
        "UPDATE payment.stripe_events SET received_at = received_at - $d;"
        "UPDATE payment.unmatched_events SET received_at = received_at - $d",
        {{"$d", "interval '" + std::to_string(days) + " days'"}}));
  }
  // How much of Stripe's is left in the payment and in its events.
  std::string LeftOfStripe() {
    return Owner(
        "SELECT num_nonnulls(stripe_session_id, stripe_payment_intent, stripe_customer_id, "
        "checkout_url, receipt_url, nullif(success_url, ''), nullif(cancel_url, '')) FROM "
        "payment.payments WHERE payment_id = '" +
        std::string(kPayment) + "'");
  }
  std::string LeftInEvents() {
    return Owner(
        "SELECT sum(num_nonnulls(session_id, payment_intent, object_id)) FROM "
        "payment.stripe_events");
  }
  std::string Payments() { return Owner("SELECT count(*) FROM payment.payments"); }

  // Payments that were made so long ago, and a second apart. Truncated at the end: they have no
  // trail.
  void Fill(int rows, const std::string& age) {
    Owner(absl::StrReplaceAll(
        R"sql(INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, appeal_type,
                amount_cents, currency, product_name, success_url, cancel_url, session_expires_at, ended_at, created_at,
                updated_at)
              SELECT gen_random_uuid(), '$intake', '$draft', sha256('x'), 'expired', 'standard', 989, 'usd', '', '', '',
                     now(), now(), now() - interval '$age' - n * interval '1 second', now()
              FROM generate_series(1, $rows) AS n)sql",
        {{"$intake", kIntake},
         {"$draft", kDraft},
         {"$age", age},
         {"$rows", std::to_string(rows)}}));
  }

  config::Config config_;
  double due_ = 0;
};

TEST_F(RetentionTest, SevenYearsAfterTheOrderBecameHistoryNothingOfStripesIsLeft) {
  MakeHistory(2556);
  EXPECT_EQ(LeftOfStripe(), "5");
  EXPECT_EQ(Pass("stripe_events"), 0) << "an event keeps its ids as long as its payment";
  EXPECT_EQ(Pass("stripe_ids"), 1);
  EXPECT_EQ(LeftOfStripe(), "0");
  EXPECT_EQ(Pass("stripe_events"), 1);
  EXPECT_EQ(LeftInEvents(), "0");
  EXPECT_EQ(Owner("SELECT actor || ' ' || from_state || ' ' || to_state FROM payment.audit_log "
                  "WHERE action = 'blank'"),
            "retention paid paid");
  EXPECT_EQ(Outbox(), "") << "nothing that others know of has changed";
  EXPECT_EQ(Pass("stripe_ids") + Pass("stripe_events"), 0);
}

TEST_F(RetentionTest, APaymentThatMayStillBeNeededKeepsItsIds) {
  MakeHistory(2554);
  EXPECT_EQ(Pass("stripe_ids"), 0) << "a day too young";
  Age(2);
  for (const char* open :
       {"state = 'review'", "delivery_state = 'outcome_unknown'", "dispute = 'open'",
        "refund_reserved_cents = 100", "updated_at = now()", "delivery_state = 'dead_letter'"}) {
    const std::string before =
        "state = 'paid', delivery_state = 'delivered', dispute = 'none', "
        "refund_reserved_cents = 0, updated_at = created_at";
    Owner("UPDATE payment.payments SET " + std::string(open));
    EXPECT_EQ(Pass("stripe_ids"), 0) << open;
    Owner("UPDATE payment.payments SET " + before);
  }
  EXPECT_EQ(Pass("stripe_ids"), 1);
}

TEST_F(RetentionTest, ThatTheStoredLetterIsForgottenDoesNotMakeTheOrderYounger) {
  MakeHistory(2556);
  Deliver(2);
  EXPECT_EQ(Pass("stripe_ids"), 1);
}

TEST_F(RetentionTest, EventsOfNoPaymentGoByTheirOwnAge) {
  StripeEvent event = Paid();
  event.payment_id = kOtherPayment;
  EXPECT_EQ(Apply(event), "unmatched");
  Age(2554);
  EXPECT_EQ(Pass("stripe_events"), 0);
  Age(2);
  EXPECT_EQ(Pass("stripe_events"), 1);
  EXPECT_EQ(LeftInEvents(), "0");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.unmatched_events"), "0");
  EXPECT_EQ(Apply(event), "duplicate") << "it is known for ever";
}

TEST_F(RetentionTest, AtTheVeryEndTheRowGoesWithItsRefundsOnceTheLetterIsGone) {
  MakeHistory(2616);
  EXPECT_EQ(Pass("payment_rows"), 0) << "first it is blanked";
  ASSERT_EQ(Pass("stripe_ids"), 1);
  const std::string payment = "'" + std::string(kPayment) + "'";
  Owner(
      "INSERT INTO payment.refunds (refund_id, payment_id, origin, state, amount_cents, actor, "
      "stripe_refund_id, settled_at) VALUES (" +
      payment + ", " + payment + ", 'stripe', 'succeeded', 1, 'stripe', 're_1', now())");
  Owner("INSERT INTO payment.disputes (stripe_dispute_id, payment_id, state) VALUES ('dp_1', " +
        payment + ", 'won')");
  Owner(
      "INSERT INTO fulfillment.letters (payment_id, intake_id, draft_id, content_sha256, "
      "appeal_type, want, order_version, state) SELECT payment_id, intake_id, draft_id, "
      "content_sha256, 'standard', 'cancel', 1, 'cancelled' FROM payment.payments");
  EXPECT_EQ(Pass("payment_rows"), 0) << "the letter refers to it";
  EXPECT_EQ(due_, 1) << "and that can be seen";
  Owner("DELETE FROM fulfillment.letters");
  EXPECT_EQ(Pass("payment_rows"), 1);
  EXPECT_EQ(Payments(), "0");
  EXPECT_EQ(Owner("SELECT (SELECT count(*) FROM payment.refunds) + (SELECT count(*) FROM "
                  "payment.disputes)"),
            "0");
  EXPECT_EQ(Owner("SELECT actor || ' ' || from_state || ' ' || to_state FROM payment.audit_log "
                  "WHERE action = 'delete'"),
            "retention paid deleted");
}

// What intake is told has the sum of the versions of all of its payments.
TEST_F(RetentionTest, ARowStaysUntilEveryPaymentOfItsIntakeIsOver) {
  OpenWithSession();
  End();
  Age(2616);
  ASSERT_TRUE(checkouts_.Open(Wanted(kOtherPayment), Soon()).ok());
  ASSERT_EQ(Pass("stripe_ids"), 1);
  EXPECT_EQ(Pass("payment_rows"), 0);
  End();
  Age(2616);
  EXPECT_EQ(Pass("payment_rows"), 2);
}

TEST_F(RetentionTest, ARowStaysWhileANeighbourIsToBeToldOfIt) {
  MakeHistory(2616);
  ASSERT_EQ(Pass("stripe_ids"), 1);
  Owner(
      "INSERT INTO payment.outbox (payment_id, target, version) SELECT payment_id, 'intake', "
      "version FROM payment.payments");
  EXPECT_EQ(Pass("payment_rows"), 0);
  Owner("DELETE FROM payment.outbox");
  EXPECT_EQ(Pass("payment_rows"), 1);
}

TEST_F(RetentionTest, LateNewsOfADeletedPaymentBringNothingBackAndTellNobody) {
  MakeHistory(2616);
  ASSERT_EQ(Pass("stripe_ids") + Pass("payment_rows"), 2);
  EXPECT_EQ(Apply(Paid()), "duplicate") << "the same event";
  EXPECT_EQ(Apply(Paid("evt_late")), "unmatched");
  EXPECT_EQ(Apply(Event("evt_refund", "charge.refunded")), "unmatched");
  EXPECT_EQ(
      payments_
          .PutDeliveries({{.payment_id = kPayment, .version = 9, .state = "cancelled"}}, Soon())
          ->moved,
      0);
  EXPECT_EQ(Payments(), "0");
  EXPECT_EQ(Outbox(), "") << "nobody is asked for a letter";
  EXPECT_TRUE(payments_.WantedOrders({kPayment}, Soon())->empty());
}

TEST_F(RetentionTest, LateNewsOfABlankedPaymentStillCount) {
  MakeHistory(2556);
  ASSERT_EQ(Pass("stripe_ids"), 1);
  EXPECT_EQ(Apply(Event("evt_refund", "charge.refunded")), "processed");
  EXPECT_EQ(Owner("SELECT refunded_cents FROM payment.payments"), "989");
  EXPECT_EQ(payments_.WantedOrders({kPayment}, Soon())->front().want, "cancel");
  EXPECT_EQ(Pass("payment_rows"), 0) << "it is young again";
}

TEST_F(RetentionTest, ADryRunCountsAndChangesNothing) {
  MakeHistory(2616);
  EXPECT_EQ(Pass("stripe_ids", Retention::kDryRun), 0);
  EXPECT_EQ(due_, 1);
  EXPECT_EQ(LeftOfStripe(), "5");
}

TEST_F(RetentionTest, ALookCostsTheSameAmongTwentyThousandYoungPayments) {
  const auto look = [this](const db::Statement& statement, const std::string& after) {
    Owner("ANALYZE payment.payments");
    return test::BuffersOf(
        *test_database_, "payment_rw", std::string(statement.sql),
        {{"days", "2555"}, {"after_time", "'-infinity'"}, {"after_id", after}, {"batch", "200"}});
  };
  Fill(400, "2556 days");
  const std::string nil = "'00000000-0000-0000-0000-000000000000'";
  const int64_t ids = look(sql::kLookIds, nil);
  const int64_t rows = look(sql::kLookPayments, nil);
  Fill(20'000, "1 day");
  const int64_t ids_after = look(sql::kLookIds, nil);
  const int64_t rows_after = look(sql::kLookPayments, nil);
  std::cout << "look at 200 old payments: " << ids << " and " << rows << ", later " << ids_after
            << " and " << rows_after << " buffers" << std::endl;
  EXPECT_LE(ids_after, 2 * ids);
  EXPECT_LE(rows_after, 2 * rows);
  Owner("TRUNCATE payment.payments CASCADE");
}

}  // namespace
}  // namespace fsft::payment
