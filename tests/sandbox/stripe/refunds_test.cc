#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using testing::Reply;

class StripeRefund : public ::testing::Test {
 protected:
  StripeRefund()
      : session_(bench_.NewSession()),
        intent_(bench_.Control("POST", "/stripe/pay/" + session_)["payment_intent"]) {}

  Reply Refund(Fields form = {}, const std::string& key = "") {
    form.emplace_back("payment_intent", intent_);
    return bench_.Stripe("POST", "/v1/refunds", form, key);
  }

  Json Settle(const std::string& refund, const std::string& status) {
    return bench_.Control("POST", "/stripe/refunds/" + refund + "/settle", {{"status", status}});
  }

  Json Charge() {
    return bench_.Stripe("GET", "/v1/payment_intents/" + intent_ + "?expand[]=latest_charge")
        .body["latest_charge"];
  }

  // What has happened since the payment, oldest first.
  std::vector<std::string> Events() {
    const Json events = bench_.Stripe("GET", "/v1/events?limit=100").body["data"];
    std::vector<std::string> types;
    for (const Json& event : events) {
      if (event["type"] == "checkout.session.completed") break;
      types.insert(types.begin(), event["type"].get<std::string>());
    }
    return types;
  }

  Bench bench_;
  const std::string session_, intent_;
};

TEST_F(StripeRefund, GivesBackNoMoreThanWasPaid) {
  EXPECT_EQ(Refund({{"amount", "2000"}}).body["error"]["param"], "amount");
  EXPECT_EQ(Refund({{"amount", "0"}}).status, 400);
  EXPECT_EQ(Refund({{"reason", "mood"}}).status, 400);
  const Reply part = Refund({{"amount", "989"}, {"reason", "requested_by_customer"}});
  EXPECT_EQ(part.body["status"], "succeeded");
  EXPECT_EQ(Refund().body["amount"], 1000);  // what is left
  EXPECT_EQ(Refund().body["error"]["code"], "charge_already_refunded");
  EXPECT_EQ(bench_.Stripe("POST", "/v1/refunds", {{"payment_intent", "pi_none"}}).status, 404);
  EXPECT_EQ(bench_.Stripe("POST", "/v1/refunds").body["error"]["code"], "parameter_missing");
}

TEST_F(StripeRefund, IsListedByItsPaymentAndByItsCharge) {
  const std::string id = Refund({{"metadata[refund_id]", "ours"}}).body["id"];
  for (const std::string& query :
       {"payment_intent=" + intent_, "charge=" + Charge()["id"].get<std::string>()}) {
    const Json listed = bench_.Stripe("GET", "/v1/refunds?" + query).body["data"];
    ASSERT_EQ(listed.size(), 1u) << query;
    EXPECT_EQ(listed[0]["id"], id);
    EXPECT_EQ(listed[0]["metadata"]["refund_id"], "ours");
  }
  EXPECT_TRUE(bench_.Stripe("GET", "/v1/refunds?payment_intent=pi_none").body["data"].empty());
  EXPECT_EQ(bench_.Stripe("GET", "/v1/refunds/" + id).body["payment_intent"], intent_);
}

TEST_F(StripeRefund, IsMadeOnceUnderItsKey) {
  const Reply first = Refund({{"amount", "100"}}, "refund-1");
  const Reply again = Refund({{"amount", "100"}}, "refund-1");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.Header("Idempotent-Replayed"), "true");
  EXPECT_EQ(Refund({{"amount", "200"}}, "refund-1").body["error"]["type"], "idempotency_error");
  EXPECT_EQ(Charge()["amount_refunded"], 100);
}

// A charge's event tells of all its refunds together, and carries what the payment carries.
TEST_F(StripeRefund, TellsOfTheChargeAndOfItself) {
  Refund({{"amount", "100"}});
  Refund({{"amount", "50"}});
  EXPECT_THAT(Events(), ElementsAre("charge.refunded", "refund.created", "charge.refunded",
                                    "refund.created"));
  const Json charge = bench_.Stripe("GET", "/v1/events?type=charge.refunded").body["data"][0];
  const Json& object = charge["data"]["object"];
  EXPECT_EQ(object["amount_refunded"], 150);
  EXPECT_EQ(object["refunded"], false);
  EXPECT_EQ(object["payment_intent"], intent_);
  EXPECT_EQ(object["metadata"]["payment_id"], "payment-1");
  EXPECT_TRUE(object["receipt_url"].is_string());
}

TEST_F(StripeRefund, MayBePendingFirst) {
  bench_.Control("POST", "/stripe/refund_fate", {{"status", "pending"}});
  const Json refund = Refund().body;
  EXPECT_EQ(refund["status"], "pending");
  EXPECT_EQ(Charge()["amount_refunded"], 1989);  // it is on its way
  EXPECT_EQ(Settle(refund["id"], "succeeded")["status"], "succeeded");
  EXPECT_THAT(Events(), ElementsAre("charge.refunded", "refund.created", "refund.updated",
                                    "charge.refund.updated"));
}

TEST_F(StripeRefund, MayFailLater) {
  const std::string id = Refund().body["id"];
  EXPECT_EQ(Settle(id, "failed")["failure_reason"], "unknown");
  EXPECT_EQ(Charge()["amount_refunded"], 0);
  EXPECT_EQ(Charge()["refunded"], false);
  EXPECT_THAT(Events(), ElementsAre("charge.refunded", "refund.created", "refund.updated",
                                    "charge.refund.updated", "refund.failed"));
  const Json failed = bench_.Stripe("GET", "/v1/events?type=refund.failed").body["data"][0];
  EXPECT_EQ(failed["data"]["previous_attributes"]["status"], "succeeded");
  EXPECT_EQ(Refund().body["status"], "succeeded");  // the money is there again
  // What is over stays as it is.
  EXPECT_TRUE(Settle(id, "succeeded").contains("error"));
}

TEST_F(StripeRefund, MayFailAtOnce) {
  bench_.Control("POST", "/stripe/refund_fate",
                 {{"status", "failed"}, {"failure_reason", "lost_or_stolen_card"}});
  const Json refund = Refund().body;
  EXPECT_EQ(refund["status"], "failed");
  EXPECT_EQ(refund["failure_reason"], "lost_or_stolen_card");
  EXPECT_EQ(Charge()["amount_refunded"], 0);
  EXPECT_TRUE(
      bench_.Control("POST", "/stripe/refund_fate", {{"status", "lost"}}).contains("error"));
}

TEST_F(StripeRefund, MayBeMadeInTheDashboard) {
  const Json refund = bench_.Control("POST", "/stripe/refund/" + session_, {{"amount", 500}});
  EXPECT_EQ(refund["amount"], 500);
  EXPECT_EQ(refund["metadata"], Json::object());
  EXPECT_EQ(Charge()["amount_refunded"], 500);
  const Json asked = bench_.Control("GET", "/stripe/requests?operation=stripe.refunds.create");
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(bench_.Control("POST", "/stripe/refund/" + bench_.NewSession())["error"],
            "no paid session");
}

}  // namespace
}  // namespace fsft::sandbox
