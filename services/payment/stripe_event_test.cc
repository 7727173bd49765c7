#include "services/payment/stripe_event.h"

#include <gtest/gtest.h>

#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

constexpr char kPaid[] = R"({
  "id": "evt_1", "object": "event", "type": "checkout.session.completed", "created": 1700000000, "livemode": false,
  "data": {"object": {
    "id": "cs_test_1", "object": "checkout.session", "payment_status": "paid", "amount_total": 989, "currency": "usd",
    "payment_intent": "pi_1", "customer": null,
    "customer_details": {"email": "payer@example.com", "name": "Pat Payer"},
    "metadata": {"payment_id": "0193a000-0000-7000-8000-000000000001", "v": "1"}}}})";

TEST(StripeEvent, TakesIdsAndAmountsOfAPaidSession) {
  auto event = ParseStripeEvent(kPaid);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->id, "evt_1");
  EXPECT_EQ(time::UnixSeconds(event->created), 1700000000);
  EXPECT_EQ(event->session_id, "cs_test_1");
  EXPECT_EQ(event->payment_intent, "pi_1");
  EXPECT_EQ(event->customer, "");
  EXPECT_EQ(event->amount_cents, 989);
  EXPECT_EQ(event->currency, "usd");
  EXPECT_EQ(event->payment_id, "0193a000-0000-7000-8000-000000000001");
  EXPECT_EQ(event->Effect(), "paid");
}

TEST(StripeEvent, KnowsThatACompletedSessionNeedNotBePaid) {
  std::string unpaid = kPaid;
  unpaid.replace(unpaid.find("\"paid\""), 6, "\"unpaid\"");
  EXPECT_EQ(ParseStripeEvent(unpaid)->Effect(), "");
}

TEST(StripeEvent, ReadsTheIdOfAnExpandedObject) {
  std::string expanded = kPaid;
  expanded.replace(expanded.find("\"pi_1\""), 6, R"({"id": "pi_2", "object": "payment_intent"})");
  EXPECT_EQ(ParseStripeEvent(expanded)->payment_intent, "pi_2");
}

TEST(StripeEvent, TakesNoPaymentIdThatIsNone) {
  std::string foreign = kPaid;
  foreign.replace(foreign.find("0193a000"), 8, "robert';");
  EXPECT_EQ(ParseStripeEvent(foreign)->payment_id, "");
}

TEST(StripeEvent, TakesTheReferenceOfASessionWhoseMetadataAreGone) {
  const auto event = ParseStripeEvent(
      R"({"id":"evt_1","type":"checkout.session.expired","created":1,"data":{"object":{
      "id":"cs_1","object":"checkout.session","metadata":{},
      "client_reference_id":"0193a000-0000-7000-8000-000000000001"}}})");
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->payment_id, "0193a000-0000-7000-8000-000000000001");
  EXPECT_EQ(event->Effect(), "expired");
}

TEST(StripeEvent, TakesFromAChargeWhatWasPaidBack) {
  const auto event = ParseStripeEvent(
      R"({"id":"evt_2","type":"charge.refunded","created":1,"data":{"object":{
      "id":"ch_1","object":"charge","amount":989,"amount_refunded":100,"payment_intent":"pi_1",
      "metadata":{"payment_id":"0193a000-0000-7000-8000-000000000001"}}}})");
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->session_id, "");
  EXPECT_EQ(event->payment_intent, "pi_1");
  EXPECT_EQ(event->amount_cents, 100);
  EXPECT_EQ(event->payment_id, "0193a000-0000-7000-8000-000000000001");
  EXPECT_EQ(event->Effect(), "refunded");
}

TEST(StripeEvent, OfAnyOtherTypeChangesNothing) {
  for (const std::string type :
       {"payment_intent.succeeded", "charge.succeeded", "refund.created"}) {
    const auto event = ParseStripeEvent(R"({"id":"evt_3","type":")" + type +
                                        R"(","created":1,"data":{"object":{"id":"x"}}})");
    ASSERT_TRUE(event.ok()) << event.status();
    EXPECT_EQ(event->Effect(), "") << type;
  }
}

class MalformedEvents : public testing::TestWithParam<const char*> {};

TEST_P(MalformedEvents, AreInvalidArgument) {
  const auto event = ParseStripeEvent(GetParam());
  EXPECT_EQ(event.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(rpc::DetailOf(event.status()).reason(), "malformed_event");
}

INSTANTIATE_TEST_SUITE_P(
    StripeEvent, MalformedEvents,
    testing::Values("", "not json", "[]", "null", "{}", R"({"id":"evt_1","type":"x","created":1})",
                    R"({"id":"evt_1","type":"x","created":1,"data":{}})",
                    R"({"id":"evt_1","type":"x","created":1,"data":{"object":[]}})",
                    R"({"id":7,"type":"x","created":1,"data":{"object":{}}})",
                    R"({"id":"evt_1","type":"x","created":"1","data":{"object":{}}})",
                    R"({"id":"evt_1","created":1,"data":{"object":{}}})"));

}  // namespace
}  // namespace fsft::payment
