#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
namespace common = fightsftickets::common::v1;

// Both ways to name the order; what is answered is the same.
const std::string kRetryPaths[] = {"/api/webhook/retry-fulfillment/cs_test_1",
                                   std::string("/api/admin/fulfillments/") + kPaymentId + "/retry"};
const std::string kCancelPath = std::string("/api/admin/fulfillments/") + kPaymentId + "/cancel";

const std::pair<payment::PaymentState, const char*> kUnpaid[] = {
    {payment::PAYMENT_STATE_PENDING, "pending"},
    {payment::PAYMENT_STATE_EXPIRED, "expired"},
    {payment::PAYMENT_STATE_FAILED, "failed"},
    {payment::PAYMENT_STATE_REVIEW, "in_review"}};

class FulfillmentsTest : public OperatorTest {
 protected:
  void SetUp() override {
    OperatorTest::SetUp();
    backend_.get_order.answer = PaidOrder();
  }

  void AnswerRetry(fulfillment::RetryOutcome outcome, common::DeliveryState state) {
    fulfillment::RetryResponse response;
    response.set_outcome(outcome);
    response.set_state(state);
    backend_.retry.answer = response;
  }

  void AnswerCancel(common::DeliveryState state) {
    fulfillment::CancelResponse response;
    response.set_state(state);
    backend_.cancel_letter.answer = response;
  }

  void OrderIs(payment::PaymentState state) {
    payment::GetOrderResponse order = PaidOrder();
    order.set_payment_state(state);
    backend_.get_order.answer = order;
  }
};

TEST_F(FulfillmentsTest, NeedAnOperatorsTokenWithTheScope) {
  for (const std::string& path : {kRetryPaths[0], kRetryPaths[1], kCancelPath}) {
    EXPECT_EQ(AskAs("", "POST", path).status, 401) << path;
    EXPECT_EQ(AskAs("nobody", "POST", path).status, 401) << path;
    const http::Response refused = AskAs("reader", "POST", path);
    EXPECT_EQ(refused.status, 403) << path;
    EXPECT_EQ(Json(refused)["code"], "scope_missing") << path;
  }
  EXPECT_EQ(backend_.get_order.calls + backend_.retry.calls + backend_.cancel_letter.calls, 0);
}

TEST_F(FulfillmentsTest, ARetryQueuesUnderTheOperatorsName) {
  AnswerRetry(fulfillment::RETRY_OUTCOME_QUEUED, common::DELIVERY_STATE_QUEUED);
  for (const std::string& path : kRetryPaths) {
    const http::Response response = AskAs("retrier", "POST", path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(Json(response),
              (json{{"status", "queued"}, {"state", "queued"}, {"payment_id", kPaymentId}}));
    EXPECT_EQ(backend_.retry.request.actor(), "retrier");
    EXPECT_EQ(backend_.retry.request.payment_id(), kPaymentId);
    EXPECT_FALSE(backend_.retry.request.undo_cancel());
  }
}

TEST_F(FulfillmentsTest, ARetryTellsWhatIsUnderWayOrDone) {
  for (const std::string& path : kRetryPaths) {
    AnswerRetry(fulfillment::RETRY_OUTCOME_IN_PROGRESS, common::DELIVERY_STATE_OUTCOME_UNKNOWN);
    EXPECT_EQ(Json(AskAs("retrier", "POST", path))["status"], "in_progress");
    EXPECT_EQ(Json(AskAs("retrier", "POST", path))["state"], "outcome_unknown");
    AnswerRetry(fulfillment::RETRY_OUTCOME_ALREADY_FULFILLED, common::DELIVERY_STATE_DELIVERED);
    EXPECT_EQ(Json(AskAs("retrier", "POST", path))["status"], "already_fulfilled");
  }
}

TEST_F(FulfillmentsTest, AnOrderStillInPaymentsOutboxIsInProgress) {
  backend_.retry.answer = rpc::Error(absl::StatusCode::kNotFound, "letter_not_found");
  for (const std::string& path : kRetryPaths) {
    const http::Response response = AskAs("retrier", "POST", path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(Json(response)["status"], "in_progress");
    EXPECT_EQ(Json(response)["state"], "not_queued");
  }
}

TEST_F(FulfillmentsTest, WhatMustNotBeMailedIsAConflict) {
  for (const std::string& path : {kRetryPaths[0], kRetryPaths[1], kCancelPath}) {
    for (const auto& [state, code] : kUnpaid) {
      OrderIs(state);
      const http::Response response = AskAs("retrier", "POST", path);
      EXPECT_EQ(response.status, 409) << code;
      EXPECT_EQ(Json(response)["code"], code);
    }
  }
  EXPECT_EQ(backend_.retry.calls + backend_.cancel_letter.calls, 0);

  OrderIs(payment::PAYMENT_STATE_PAID);
  for (const char* code : {"needs_new_generation", "cancelled", "cancelled_by_operator"}) {
    backend_.retry.answer = rpc::Error(absl::StatusCode::kFailedPrecondition, code);
    const http::Response response = AskAs("retrier", "POST", kRetryPaths[1]);
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(Json(response)["code"], code);
  }
}

TEST_F(FulfillmentsTest, OrdersThatNobodyKnowsAreNotFound) {
  backend_.get_order.answer = rpc::Error(absl::StatusCode::kNotFound, "order_not_found");
  for (const std::string& path : {kRetryPaths[0], kRetryPaths[1], kCancelPath})
    EXPECT_EQ(AskAs("retrier", "POST", path).status, 404) << path;
  for (const char* path : {"/api/admin/fulfillments/x/retry", "/api/admin/fulfillments/x/cancel"})
    EXPECT_EQ(AskAs("retrier", "POST", path).status, 404) << path;
}

TEST_F(FulfillmentsTest, ACancellationIsTakenBackOnlyByName) {
  AnswerRetry(fulfillment::RETRY_OUTCOME_NEEDS_NEW_GENERATION,
              common::DELIVERY_STATE_FAILED_AT_PRINTER);
  const json answer = Json(AskAs("retrier", "POST", kRetryPaths[1], "", {{"undo_cancel", "true"}}));
  EXPECT_TRUE(backend_.retry.request.undo_cancel());
  EXPECT_EQ(answer["status"], "needs_new_generation");
  EXPECT_EQ(answer["state"], "failed_at_printer");
  AskAs("retrier", "POST", kRetryPaths[1], "", {{"undo_cancel", "false"}});
  EXPECT_FALSE(backend_.retry.request.undo_cancel());
  const http::Response refused =
      AskAs("retrier", "POST", kRetryPaths[1], "", {{"undo_cancel", "1"}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Json(refused)["errors"][0]["field"], "undo_cancel");
}

TEST_F(FulfillmentsTest, ACancelNamesTheOperatorAndSaysWhereTheMoneyIs) {
  AnswerCancel(common::DELIVERY_STATE_CANCELLING);
  const http::Response response = AskAs("retrier", "POST", kCancelPath);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response), (json{{"status", "cancelling"},
                                  {"state", "cancelling"},
                                  {"payment_id", kPaymentId},
                                  {"refund_status", "none"}}));
  EXPECT_EQ(backend_.cancel_letter.request.actor(), "retrier");
  EXPECT_EQ(backend_.cancel_letter.request.payment_id(), kPaymentId);

  payment::GetOrderResponse order = PaidOrder();
  order.set_refunded_cents(order.amount_cents());
  backend_.get_order.answer = order;
  AnswerCancel(common::DELIVERY_STATE_CANCELLED);
  const json refunded = Json(AskAs("retrier", "POST", kCancelPath));
  EXPECT_EQ(refunded["status"], "cancelled");
  EXPECT_EQ(refunded["refund_status"], "full");
}

TEST_F(FulfillmentsTest, ACancelThatComesTooLateIsAConflict) {
  backend_.cancel_letter.answer =
      rpc::Error(absl::StatusCode::kFailedPrecondition, "too_late_to_cancel");
  const http::Response response = AskAs("retrier", "POST", kCancelPath);
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(Json(response)["code"], "too_late_to_cancel");
}

// Nothing would remember it: whoever read 200 would take the letter for cancelled.
TEST_F(FulfillmentsTest, ACancelThatComesTooEarlyIsNotAcknowledged) {
  backend_.cancel_letter.answer = rpc::Error(absl::StatusCode::kNotFound, "letter_not_found");
  const http::Response response = AskAs("retrier", "POST", kCancelPath);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Json(response)["code"], "not_queued");
}

TEST_F(FulfillmentsTest, StatusShowsNumbersToOperatorsOnly) {
  fulfillment::GetStatusResponse mail;
  mail.set_mail_mode("test");
  mail.set_waiting_orders(4);
  mail.mutable_oldest_waiting()->set_seconds(90);
  backend_.fulfillment_status = mail;
  probe_.RunOnce();
  EXPECT_FALSE(Json(AskAs("", "GET", "/status")).contains("numbers"));
  const json numbers = Json(AskAs("reader", "GET", "/status"))["numbers"];
  EXPECT_EQ(numbers["waiting_orders"], 4);
  EXPECT_EQ(numbers["oldest_waiting_seconds"], 90);
  EXPECT_EQ(AskAs("wrong", "GET", "/status").status, 401);
}

}  // namespace
}  // namespace fsft::gateway
