#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "services/payment/test_payments.h"
#include "services/payment/webhooks.h"

namespace fsft::payment {
namespace {

class MoneyEventsTest : public PaymentsTest {
 protected:
  // As Stripe tells of a refund that was made in its dashboard.
  static StripeEvent Refund(const std::string& event_id, const std::string& status,
                            int64_t amount = 989, const std::string& id = "re_1") {
    StripeEvent event = Event(event_id, status == "failed" ? "refund.failed" : "refund.updated");
    event.session_id.clear();
    event.payment_id.clear();
    event.object_id = id;
    event.object_status = status;
    event.amount_cents = amount;
    return event;
  }
  static StripeEvent Charge(const std::string& event_id, int64_t refunded) {
    StripeEvent event = Event(event_id, "charge.refunded");
    event.amount_cents = refunded;
    return event;
  }
  static StripeEvent Dispute(const std::string& event_id, const std::string& status) {
    StripeEvent event = Refund(event_id, "", 989, "dp_1");
    const bool is_over = status == "won" || status == "lost" || status == "warning_closed";
    event.type = is_over ? "charge.dispute.closed" : "charge.dispute.created";
    event.object_status = status;
    return event;
  }
  void Pay() {
    OpenWithSession();
    ASSERT_EQ(Apply(Paid("evt_paid")), "processed");
  }
  std::string Want() { return payments_.WantedOrders({kPayment}, Soon())->front().want; }
  std::string Row() const {
    return Owner(
        "SELECT concat_ws(' ', state, refunded_cents, refund_reserved_cents, dispute, hold, "
        "payment.want(state, amount_cents, refunded_cents, refund_reserved_cents, dispute, hold),"
        " stripe_payment_intent, ended_at IS NULL, paid_at IS NULL,"
        " (SELECT nullif(count(*), 0) || ' unmatched' FROM payment.unmatched_events))"
        " FROM payment.payments");
  }

  time::FakeClock clock_{time::TimePoint(std::chrono::seconds(1'790'000'100))};
  Webhooks webhooks_{events_, clock_, registry_, {}};
};

TEST_F(MoneyEventsTest, CountsARefundOnceWhicheverOfItsEventsTellIt) {
  Pay();
  EXPECT_EQ(Apply(Refund("evt_1", "pending", 300)), "processed");
  EXPECT_EQ(Apply(Charge("evt_2", 300)), "duplicate");
  EXPECT_EQ(Apply(Refund("evt_3", "succeeded", 300)), "processed");
  EXPECT_EQ(Apply(Refund("evt_4", "pending", 300)), "duplicate");
  EXPECT_EQ(Row(), "paid 300 0 none f mail pi_1 t f");
  EXPECT_EQ(Owner("SELECT concat_ws(' ', origin, state, amount_cents) FROM payment.refunds"),
            "stripe succeeded 300");
}

TEST_F(MoneyEventsTest, AddsUpSeveralRefunds) {
  Pay();
  Apply(Refund("evt_1", "succeeded", 300, "re_1"));
  Apply(Refund("evt_2", "succeeded", 200, "re_2"));
  EXPECT_EQ(Row(), "paid 500 0 none f mail pi_1 t f");
  // There is one more of which no event of its own has come.
  Apply(Charge("evt_3", 600));
  EXPECT_EQ(Row(), "paid 600 0 none f mail pi_1 t f");
}

TEST_F(MoneyEventsTest, HoldsTheLetterOfARefundThatFailed) {
  Pay();
  Apply(Refund("evt_1", "succeeded"));
  Apply(Charge("evt_2", 989));
  EXPECT_EQ(Want(), "cancel");
  EXPECT_EQ(Apply(Refund("evt_3", "failed")), "processed");
  EXPECT_EQ(Row(), "paid 0 0 none t hold pi_1 t f");
  EXPECT_EQ(Owner("SELECT failure FROM payment.refunds"), "failed");
}

TEST_F(MoneyEventsTest, HoldsNothingWhenTheLetterHadBeenMailedBefore) {
  Pay();
  Owner("UPDATE payment.payments SET delivery_state = 'mailed', mailed_at = now()");
  Apply(Refund("evt_1", "succeeded"));
  EXPECT_EQ(payments_.WantedOrders({kPayment}, Soon())->front().refunded_cents, 989)
      << "what the customer is written to about";
  Apply(Refund("evt_2", "failed"));
  EXPECT_EQ(Row(), "paid 0 0 none f mail pi_1 t f");
  EXPECT_EQ(Owner("SELECT is_after_mailing FROM payment.refunds"), "t");
}

TEST_F(MoneyEventsTest, HoldsTheLetterWhileItIsDisputedAndCancelsItWhenThatIsLost) {
  struct Case {
    std::string status;
    std::string dispute;
    std::string want;
  };
  for (const Case& c : {Case{"warning_needs_response", "inquiry", "hold"},
                        {"warning_under_review", "inquiry", "hold"},
                        {"warning_closed", "none", "mail"},
                        {"needs_response", "open", "hold"},
                        {"under_review", "open", "hold"},
                        {"something_new", "open", "hold"},
                        {"won", "won", "mail"},
                        {"lost", "lost", "cancel"}}) {
    Pay();
    EXPECT_EQ(Apply(Dispute("evt_1", c.status)), "processed") << c.status;
    EXPECT_EQ(Owner("SELECT dispute FROM payment.payments"), c.dispute) << c.status;
    EXPECT_EQ(Want(), c.want) << c.status;
    EXPECT_EQ(Apply(Dispute("evt_2", c.status)), "duplicate") << c.status;
    StartAfresh();
  }
}

TEST_F(MoneyEventsTest, LetsNoDisputeComeBackThatIsOver) {
  Pay();
  Apply(Dispute("evt_1", "won"));
  EXPECT_EQ(Apply(Dispute("evt_2", "needs_response")), "duplicate");
  EXPECT_EQ(Want(), "mail");
  // Another one is another matter.
  StripeEvent other = Dispute("evt_3", "needs_response");
  other.object_id = "dp_2";
  EXPECT_EQ(Apply(other), "processed");
  EXPECT_EQ(Want(), "hold");
}

TEST_F(MoneyEventsTest, KnowsAPaymentInReviewToBeSettledWhenAllHasGoneBack) {
  OpenWithSession();
  StripeEvent paid = Paid();
  paid.currency = "eur";
  Apply(paid);
  ASSERT_EQ(State(), "review");
  Apply(Charge("evt_2", 500));
  EXPECT_EQ(State(), "review");
  Apply(Charge("evt_3", 989));
  EXPECT_EQ(Row(), "refunded 989 0 none f cancel pi_1 t f");
}

TEST_F(MoneyEventsTest, FindsThePaymentByItsIntentAlone) {
  EXPECT_EQ(Apply(Dispute("evt_1", "needs_response")), "unmatched");
  EXPECT_EQ(Apply(Dispute("evt_1", "needs_response")), "duplicate");
  OpenWithSession();
  ASSERT_EQ(*webhooks_.Take(Paid("evt_paid"), Soon()), "processed");
  EXPECT_EQ(Row(), "paid 0 0 open f hold pi_1 t f");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.unmatched_events"), "0");
  EXPECT_EQ(Owner("SELECT string_agg(outcome, ',') FROM payment.stripe_events"),
            "processed,processed");
}

TEST_F(MoneyEventsTest, TakesNoEventForAPaymentOfAnotherIntentOrLivemode) {
  Pay();
  StripeEvent other = Charge("evt_1", 989);
  other.payment_intent = "pi_other";
  EXPECT_EQ(Apply(other), "unmatched");
  EXPECT_EQ(Apply(Charge("evt_2", 989), /*livemode=*/true), "rejected");
  EXPECT_EQ(Row(), "paid 0 0 none f mail pi_1 t f 1 unmatched");
}

TEST_F(MoneyEventsTest, KeepsTheReceiptThatAChargeNames) {
  Pay();
  StripeEvent charge = Charge("evt_1", 0);
  charge.type = "charge.succeeded";
  charge.receipt_url = "https://pay.stripe.com/receipts/1";
  EXPECT_EQ(Apply(charge), "ignored");
  EXPECT_EQ(Owner("SELECT receipt_url FROM payment.payments"), "https://pay.stripe.com/receipts/1");
}

TEST_F(MoneyEventsTest, AddsUpTheSameWhenManyComeAtOnce) {
  Pay();
  std::vector<std::future<std::string>> deliveries;
  for (int i = 0; i < 24; ++i) {
    deliveries.push_back(std::async(std::launch::async, [this, i] {
      const std::string number = std::to_string(i % 8);
      return Apply(
          Refund("evt_" + std::to_string(i), i < 8 ? "pending" : "succeeded", 100, "re_" + number));
    }));
  }
  for (auto& delivery : deliveries) delivery.get();
  EXPECT_EQ(Row(), "paid 800 0 none f mail pi_1 t f");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.refunds"), "8");
}

// Stripe promises no order, and delivers more than once.
TEST_F(MoneyEventsTest, EndsInTheSameRowWhateverTheOrderOfTheEventsIs) {
  struct Story {
    std::vector<StripeEvent> events;
    std::string end;
  };
  const std::vector<Story> stories = {
      {{Paid("evt_0"), Charge("evt_1", 989), Dispute("evt_2", "needs_response"),
        Dispute("evt_3", "won"), Event("evt_4", "checkout.session.expired")},
       "refunded 989 0 won f cancel pi_1 t f"},
      {{Paid("evt_0"), Charge("evt_1", 300), Dispute("evt_2", "needs_response"),
        Dispute("evt_3", "lost")},
       "paid 300 0 lost f cancel pi_1 t f"},
      {{Paid("evt_0"), Refund("evt_1", "pending", 300), Refund("evt_2", "succeeded", 300),
        Charge("evt_3", 300)},
       "paid 300 0 none f mail pi_1 t f"},
      {{Paid("evt_0"), Refund("evt_1", "pending"), Refund("evt_2", "failed"), Charge("evt_3", 989)},
       "paid 0 0 none t hold pi_1 t f"},
  };
  for (const Story& story : stories) {
    std::vector<size_t> order(story.events.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
      OpenWithSession();
      std::string told;
      for (const size_t i : order) {
        told += " " + story.events[i].id;
        ASSERT_TRUE(webhooks_.Take(story.events[i], Soon()).ok()) << told;
        // And the first one once more.
        ASSERT_TRUE(webhooks_.Take(story.events[order.front()], Soon()).ok()) << told;
      }
      EXPECT_EQ(Row(), story.end) << told;
      StartAfresh();
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

}  // namespace
}  // namespace fsft::payment
