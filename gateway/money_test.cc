#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

using MoneyTest = OperatorTest;

constexpr char kId[] = "0191a2b3-0000-7000-8000-000000000001";
constexpr char kRefundPath[] = "/api/admin/payments/0191a2b3-0000-7000-8000-000000000001/refund";
constexpr char kResolvePath[] = "/api/admin/payments/0191a2b3-0000-7000-8000-000000000001/resolve";

payment::Refund Held() {
  payment::Refund refund;
  refund.set_refund_id("0191a2b3-0000-7000-8000-00000000000f");
  refund.set_payment_id(kId);
  refund.set_state(payment::REFUND_STATE_HELD);
  refund.set_amount_cents(300);
  refund.set_currency("usd");
  refund.set_origin("operator");
  return refund;
}

TEST_F(MoneyTest, AnOperatorAsksForARefundUnderTheirName) {
  payment::RefundResponse answer;
  *answer.mutable_refund() = Held();
  backend_.refund.answer = answer;
  const http::Response response =
      AskAs("refunder", "POST", kRefundPath, R"({"amount_cents": 300, "reason": "duplicate"})");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(Json(response)["status"], "held");
  EXPECT_EQ(Json(response)["amount_cents"], 300);
  EXPECT_EQ(Json(response)["failure"], nullptr);
  EXPECT_EQ(backend_.refund.request.actor(), "refunder");
  EXPECT_EQ(backend_.refund.request.payment_id(), kId);
  EXPECT_EQ(backend_.refund.request.amount_cents(), 300);
  EXPECT_EQ(backend_.refund.request.reason(), "duplicate");
  EXPECT_FALSE(backend_.refund.request.force());
  EXPECT_EQ(backend_.refund.request.request_digest().size(), 32u);
}

TEST_F(MoneyTest, WithoutAnAmountItIsAllThatIsLeft) {
  payment::RefundResponse answer;
  *answer.mutable_refund() = Held();
  answer.mutable_refund()->set_outcome_unknown(true);
  backend_.refund.answer = answer;
  const http::Response response =
      AskAs("refunder", "POST", kRefundPath, R"({"reason": "other", "force": true})");
  EXPECT_EQ(Json(response)["status"], "held_outcome_unknown");
  EXPECT_FALSE(backend_.refund.request.has_amount_cents());
  EXPECT_TRUE(backend_.refund.request.force());
}

TEST_F(MoneyTest, AnAmountIsAWholeNumberOfCents) {
  for (const char* amount : {"3.5", "\"300\"", "1e3", "18446744073709551615", "true"}) {
    const http::Response response =
        AskAs("refunder", "POST", kRefundPath,
              std::string(R"({"reason": "other", "amount_cents": )") + amount + "}");
    EXPECT_EQ(response.status, 422) << amount;
    EXPECT_EQ(Json(response)["errors"][0]["field"], "amount_cents") << amount;
  }
  EXPECT_EQ(backend_.refund.calls, 0);
}

TEST_F(MoneyTest, MoneyMovesOnlyForOperatorsWhoMayRefund) {
  for (const char* path : {kRefundPath, kResolvePath}) {
    EXPECT_EQ(AskAs("", "POST", path, "{}").status, 401);
    EXPECT_EQ(AskAs("retrier", "POST", path, "{}").status, 403);
  }
  EXPECT_EQ(backend_.refund.calls + backend_.resolve.calls, 0);
}

TEST_F(MoneyTest, AReviewEndsByTakingTheMoneyOrGivingItBack) {
  payment::ResolveResponse accepted;
  accepted.set_payment_state(payment::PAYMENT_STATE_PAID);
  backend_.resolve.answer = accepted;
  EXPECT_EQ(Json(AskAs("refunder", "POST", kResolvePath, R"({"action": "accept"})")),
            (json{{"payment_id", kId}, {"status", "paid"}}));
  EXPECT_EQ(backend_.resolve.request.resolution(), payment::RESOLUTION_ACCEPT);

  payment::ResolveResponse given_back;
  *given_back.mutable_refund() = Held();
  backend_.resolve.answer = given_back;
  const http::Response response =
      AskAs("refunder", "POST", kResolvePath, R"({"action": "refund"})");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(Json(response)["status"], "held");
  EXPECT_EQ(backend_.resolve.request.resolution(), payment::RESOLUTION_REFUND);
}

TEST_F(MoneyTest, AReviewEndsInNoOtherWay) {
  const http::Response response = AskAs("refunder", "POST", kResolvePath, R"({"action": "shrug"})");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json(response)["errors"][0]["field"], "action");
}

TEST_F(MoneyTest, WhatCannotBeGivenBackIsAConflict) {
  backend_.refund.answer = rpc::Error(absl::StatusCode::kFailedPrecondition, "nothing_to_refund");
  const http::Response response = AskAs("refunder", "POST", kRefundPath, R"({"reason": "other"})");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(Json(response)["code"], "nothing_to_refund");
}

}  // namespace
}  // namespace fsft::gateway
