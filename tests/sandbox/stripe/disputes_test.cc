#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using ::testing::ElementsAre;

class StripeDispute : public ::testing::Test {
 protected:
  StripeDispute()
      : session_(bench_.NewSession()),
        intent_(bench_.Control("POST", "/stripe/pay/" + session_)["payment_intent"]) {}

  Json Open(const Json& body = Json::object()) {
    return bench_.Control("POST", "/stripe/dispute/" + session_, body);
  }

  Json Move(const Json& dispute, const std::string& status) {
    return bench_.Control("POST", "/stripe/disputes/" + dispute["id"].get<std::string>() + "/move",
                          {{"status", status}});
  }

  std::string RefundError() {
    return bench_.Stripe("POST", "/v1/refunds", {{"payment_intent", intent_}})
        .body.value("/error/code"_json_pointer, "");
  }

  // Oldest first.
  std::vector<std::string> Events() {
    const Json events =
        bench_.Stripe("GET", "/v1/events?limit=100&type=charge.dispute.*").body["data"];
    std::vector<std::string> types;
    for (const Json& event : events) types.insert(types.begin(), event["type"].get<std::string>());
    return types;
  }

  Bench bench_;
  const std::string session_, intent_;
};

TEST_F(StripeDispute, NamesThePaymentButCarriesNothingOfOurs) {
  const Json dispute = Open();
  EXPECT_EQ(dispute["status"], "needs_response");
  EXPECT_EQ(dispute["payment_intent"], intent_);
  EXPECT_EQ(dispute["amount"], 1989);
  EXPECT_EQ(dispute["metadata"], Json::object());
  const std::string id = dispute["id"];
  EXPECT_EQ(bench_.Stripe("GET", "/v1/disputes/" + id).body, dispute);
  EXPECT_EQ(bench_.Stripe("GET", "/v1/disputes?payment_intent=" + intent_).body["data"][0],
            dispute);
  const std::string charge = dispute["charge"];
  EXPECT_EQ(bench_.Stripe("GET", "/v1/charges/" + charge).body["disputed"], true);
}

TEST_F(StripeDispute, ThatIsAChargebackTakesTheMoneyUntilItIsWon) {
  const Json dispute = Open();
  EXPECT_EQ(RefundError(), "charge_disputed");
  EXPECT_EQ(Move(dispute, "won")["status"], "won");
  EXPECT_EQ(RefundError(), "");
  EXPECT_THAT(Events(), ElementsAre("charge.dispute.created", "charge.dispute.funds_withdrawn",
                                    "charge.dispute.closed", "charge.dispute.funds_reinstated"));
}

TEST_F(StripeDispute, ThatIsLostKeepsTheMoney) {
  const Json dispute = Open({{"amount", 500}});
  EXPECT_EQ(dispute["amount"], 500);
  Move(dispute, "lost");
  EXPECT_EQ(RefundError(), "charge_disputed");
  EXPECT_TRUE(Move(dispute, "won").contains("error"));
}

TEST_F(StripeDispute, ThatIsAnInquiryTakesNothing) {
  const Json inquiry = Open({{"inquiry", true}});
  EXPECT_EQ(inquiry["status"], "warning_needs_response");
  EXPECT_EQ(inquiry["is_charge_refundable"], true);
  EXPECT_TRUE(Move(inquiry, "lost").contains("error"));
  EXPECT_EQ(Move(inquiry, "warning_closed")["status"], "warning_closed");
  EXPECT_EQ(RefundError(), "");
  EXPECT_THAT(Events(), ElementsAre("charge.dispute.created", "charge.dispute.closed"));
}

TEST_F(StripeDispute, MayGrowFromAnInquiry) {
  const Json inquiry = Open({{"inquiry", true}});
  Move(inquiry, "needs_response");
  EXPECT_EQ(RefundError(), "charge_disputed");
  Move(inquiry, "lost");
  EXPECT_THAT(Events(), ElementsAre("charge.dispute.created", "charge.dispute.updated",
                                    "charge.dispute.funds_withdrawn", "charge.dispute.closed"));
}

}  // namespace
}  // namespace fsft::sandbox
