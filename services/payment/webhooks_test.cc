#include "services/payment/webhooks.h"

#include <gtest/gtest.h>

#include "services/payment/test_payments.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

constexpr char kSecret[] = "whsec_1";

class WebhooksTest : public PaymentsTest {
 protected:
  absl::StatusOr<TakenEvent> Take(const std::string& payload) {
    const std::string at = std::to_string(time::UnixSeconds(clock_.Now()));
    const std::string signature =
        crypto::HexEncode(crypto::HmacSha256(kSecret, at + "." + payload));
    return webhooks_.Take(SignedPayload{payload, "t=" + at + ",v1=" + signature}, Soon());
  }
  std::string OutcomeOf(const std::string& payload) {
    const auto taken = Take(payload);
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.ok() ? taken->outcome : "";
  }

  static std::string Session(const std::string& event_id, const std::string& type,
                             bool livemode = false) {
    return R"({"id": ")" + event_id + R"(", "type": ")" + type +
           R"(", "created": 1790000000, "livemode": )" + (livemode ? "true" : "false") +
           R"(, "data": {"object": {"id": "cs_test_1", "object": "checkout.session",
           "payment_status": "paid", "amount_total": 989, "currency": "usd",
           "payment_intent": "pi_1", "metadata": {"payment_id": ")" +
           kPayment + R"("}}}})";
  }
  static std::string Refund(const std::string& event_id) {
    return R"({"id": ")" + event_id + R"(", "type": "charge.refunded", "created": 1790000001,
           "livemode": false, "data": {"object": {"id": "ch_1", "object": "charge",
           "amount_refunded": 989, "currency": "usd", "payment_intent": "pi_1",
           "metadata": {"payment_id": ")" +
           std::string(kPayment) + R"("}}}})";
  }
  double Failed(const char* reason) {
    return registry_.AddCounter("stripe_webhook_failures_total", "", {{"reason", reason}}).Value();
  }
  double PaidOrders() {
    return registry_.AddCounter("orders_total", "", {{"stage", "paid"}}).Value();
  }
  bool Counted(const std::string& outcome) {
    return registry_.Serialize().find("stripe_events_total{outcome=\"" + outcome + "\"} 1") !=
           std::string::npos;
  }

  time::FakeClock clock_{time::TimePoint(std::chrono::seconds(1'790'000'100))};
  int woken_ = 0;
  Webhooks webhooks_{events_,
                     clock_,
                     registry_,
                     {.secrets = [] { return std::vector{config::Secret(kSecret)}; },
                      .livemode = false,
                      .wake_relay = [this] { ++woken_; }}};
};

TEST_F(WebhooksTest, TakesAPaymentAndWakesTheRelay) {
  OpenWithSession();
  EXPECT_EQ(OutcomeOf(Session("evt_1", "checkout.session.completed")), "processed");
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(woken_, 1);
  EXPECT_TRUE(Counted("processed"));
  EXPECT_EQ(OutcomeOf(Session("evt_1", "checkout.session.completed")), "duplicate");
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(webhooks_.FailuresInLastHour(), 0);
}

TEST_F(WebhooksTest, CountsAPaidOrderOnceAndHowLateItWasTold) {
  OpenWithSession();
  ASSERT_EQ(OutcomeOf(Session("evt_1", "checkout.session.completed")), "processed");
  ASSERT_EQ(OutcomeOf(Session("evt_1", "checkout.session.completed")), "duplicate");
  ASSERT_EQ(OutcomeOf(Session("evt_2", "checkout.session.completed")), "duplicate");
  ASSERT_EQ(OutcomeOf(Refund("evt_refund")), "processed");
  EXPECT_EQ(PaidOrders(), 1);
  // The events are of a hundred seconds ago, the refund's of one less.
  const std::string text = registry_.Serialize();
  EXPECT_NE(text.find("stripe_event_delay_seconds_sum 399\n"), std::string::npos) << text;
  EXPECT_NE(text.find("stripe_event_delay_seconds_count 4\n"), std::string::npos);
}

TEST_F(WebhooksTest, TakesAnEventFromAheadOfOurClockAsOneWithoutDelay) {
  OpenWithSession();
  clock_.Set(time::TimePoint(std::chrono::seconds(1'789'999'990)));
  ASSERT_EQ(OutcomeOf(Session("evt_1", "checkout.session.completed")), "processed");
  EXPECT_NE(registry_.Serialize().find("stripe_event_delay_seconds_sum 0\n"), std::string::npos);
}

TEST_F(WebhooksTest, TellsWhichOrderAnEventIsAbout) {
  EXPECT_EQ(Take(Refund("evt_refund"))->payment_id, kPayment) << "named, though not known yet";
  OpenWithSession();
  EXPECT_EQ(Take(Session("evt_1", "checkout.session.completed"))->payment_id, kPayment);
}

TEST_F(WebhooksTest, StoresWhatIsNoneOfItsBusiness) {
  OpenWithSession();
  EXPECT_EQ(OutcomeOf(Session("evt_1", "checkout.session.created")), "ignored");
  EXPECT_EQ(OutcomeOf(Session("evt_2", "checkout.session.completed", /*livemode=*/true)),
            "rejected");
  EXPECT_EQ(State(), "pending");
  EXPECT_EQ(woken_, 0);
  EXPECT_TRUE(Counted("ignored"));
  EXPECT_TRUE(Counted("rejected"));
}

TEST_F(WebhooksTest, StoresAnEventWithoutAPaymentAndTakesItUpWithALaterOne) {
  EXPECT_EQ(OutcomeOf(Refund("evt_refund")), "unmatched");
  EXPECT_TRUE(Counted("unmatched"));
  OpenWithSession();
  EXPECT_EQ(OutcomeOf(Session("evt_1", "checkout.session.completed")), "processed");
  EXPECT_EQ(payments_.WantedOrders({kPayment}, Soon())->front().want, "cancel");
  EXPECT_EQ(Owner("SELECT string_agg(outcome, ',') FROM payment.stripe_events"),
            "processed,processed");
  EXPECT_EQ(woken_, 2);
}

TEST_F(WebhooksTest, CountsWhatItCouldNotTake) {
  EXPECT_EQ(
      rpc::DetailOf(webhooks_.Take(SignedPayload{"{}", "t=1,v1=00"}, Soon()).status()).reason(),
      "invalid_signature");
  EXPECT_EQ(rpc::DetailOf(Take("{}").status()).reason(), "malformed_event");
  EXPECT_EQ(webhooks_.FailuresInLastHour(), 2);
  EXPECT_EQ(Failed("invalid_signature") + Failed("malformed_event"), 2);
  EXPECT_EQ(Failed("not_stored"), 0);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events"), "0");
}

TEST_F(WebhooksTest, TakesNothingThatCouldNotBeStored) {
  Owner("REVOKE INSERT ON payment.stripe_events FROM payment_rw");
  EXPECT_FALSE(Take(Session("evt_1", "checkout.session.completed")).ok());
  EXPECT_EQ(webhooks_.FailuresInLastHour(), 1);
  EXPECT_EQ(woken_, 0);
}

}  // namespace
}  // namespace fsft::payment
