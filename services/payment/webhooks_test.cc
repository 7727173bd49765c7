#include "services/payment/webhooks.h"

#include <gtest/gtest.h>

#include "services/payment/several_webhooks.h"
#include "services/payment/test_payments.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

using fightsftickets::payment::v1::HandleStripeWebhooksRequest;
using fightsftickets::payment::v1::HandleStripeWebhooksResponse;
using fightsftickets::payment::v1::WEBHOOK_OUTCOME_PROCESSED;
using fightsftickets::payment::v1::WEBHOOK_OUTCOME_UNMATCHED;

constexpr char kSecret[] = "whsec_1";

class WebhooksTest : public PaymentsTest {
 protected:
  std::string Signed(const std::string& payload) const {
    const std::string at = std::to_string(time::UnixSeconds(clock_.Now()));
    return "t=" + at + ",v1=" + crypto::HexEncode(crypto::HmacSha256(kSecret, at + "." + payload));
  }
  absl::StatusOr<TakenEvent> Take(const std::string& payload) {
    return webhooks_.Take(SignedPayload{payload, Signed(payload)}, Soon());
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

HandleStripeWebhooksRequest RequestOf(const std::vector<std::pair<std::string, std::string>>& all) {
  HandleStripeWebhooksRequest request;
  for (const auto& [payload, signature] : all) {
    request.add_webhooks()->set_payload(payload);
    request.mutable_webhooks()->rbegin()->set_signature(signature);
  }
  return request;
}

TEST_F(WebhooksTest, OfSeveralTakesThoseThatItCanAndLeavesTheOthers) {
  OpenWithSession();
  const std::string unknown =
      R"({"id": "evt_2", "type": "checkout.session.completed", "created": 1790000000, "data":
         {"object": {"id": "cs_test_other", "object": "checkout.session", "payment_status": "paid"}}})";
  const std::string paid = Session("evt_1", "checkout.session.completed");
  HandleStripeWebhooksResponse response;
  const absl::Status status =
      TakeSeveral(webhooks_,
                  RequestOf({{unknown, Signed(unknown)},
                             {paid, "t=1,v1=00"},
                             {"{", Signed("{")},
                             {Refund("evt_refund"), Signed(Refund("evt_refund"))},
                             {paid, Signed(paid)}}),
                  Soon(), response);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(response.webhooks_size(), 5);
  EXPECT_EQ(response.webhooks(0).taken().outcome(), WEBHOOK_OUTCOME_UNMATCHED);
  for (int i = 1; i < 4; ++i) EXPECT_FALSE(response.webhooks(i).has_taken()) << i;
  EXPECT_EQ(response.webhooks(4).taken().outcome(), WEBHOOK_OUTCOME_PROCESSED);
  EXPECT_EQ(response.webhooks(4).taken().payment_id(), kPayment);
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(PaidOrders(), 1);
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(webhooks_.FailuresInLastHour(), 0) << "nothing of it is decided yet";
}

TEST_F(WebhooksTest, TakesAHundredTogetherAndNoMore) {
  HandleStripeWebhooksRequest request;
  HandleStripeWebhooksResponse response;
  for (int i = 0; i < 100; ++i) request.add_webhooks();
  EXPECT_TRUE(TakeSeveral(webhooks_, request, Soon(), response).ok());
  EXPECT_EQ(response.webhooks_size(), 100);
  request.add_webhooks();
  EXPECT_EQ(TakeSeveral(webhooks_, request, Soon(), response).code(),
            absl::StatusCode::kInvalidArgument);
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
