#include "services/payment/stripe_refund.h"

#include <gtest/gtest.h>

#include "services/payment/stripe_event_page.h"

namespace fsft::payment {
namespace {

constexpr char kRefund[] = R"({"id": "re_1", "object": "refund", "status": "failed", "amount": 989,
  "currency": "usd", "payment_intent": "pi_1", "failure_reason": "lost_or_stolen_card",
  "metadata": {"refund_id": "0193a000-0000-7000-8000-00000000000c", "v": "1"}})";

http::Response Response(int status, std::string body, http::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

TEST(StripeRefund, IsRead) {
  const RefundAnswer answer = ReadRefundAnswer(Response(200, kRefund));
  ASSERT_EQ(answer.verdict, CreateVerdict::kCreated);
  EXPECT_EQ(answer.refund.id, "re_1");
  EXPECT_EQ(answer.refund.status, "failed");
  EXPECT_EQ(answer.refund.amount_cents, 989);
  EXPECT_EQ(answer.refund.failure_reason, "lost_or_stolen_card");
  EXPECT_EQ(answer.refund.refund_id, "0193a000-0000-7000-8000-00000000000c");
}

TEST(StripeRefund, IsNotKnownAfterASuccessWithoutOne) {
  for (const char* body :
       {"", "[]", "{}", R"({"id": "re_1"})", R"({"id": "re_1", "status": "succeeded"})"}) {
    EXPECT_EQ(ReadRefundAnswer(Response(200, body)).verdict, CreateVerdict::kUnknown) << body;
  }
}

TEST(StripeRefund, ThatIsRefusedSaysWhy) {
  const auto code = [](const char* error) {
    const RefundAnswer answer =
        ReadRefundAnswer(Response(400, std::string(R"({"error": )") + error + "}"));
    EXPECT_EQ(answer.verdict, CreateVerdict::kRefused);
    return answer.code;
  };
  EXPECT_EQ(code(R"({"type": "invalid_request_error", "code": "charge_already_refunded"})"),
            "charge_already_refunded");
  EXPECT_EQ(code(R"({"type": "idempotency_error"})"), "idempotency_error");
  EXPECT_EQ(code("null"), "");
}

TEST(StripeRefund, TellsWhenToComeBack) {
  const RefundAnswer answer = ReadRefundAnswer(Response(429, "{}", {{"Retry-After", "7"}}));
  EXPECT_EQ(answer.verdict, CreateVerdict::kSlowDown);
  EXPECT_EQ(answer.retry_after.count(), 7);
}

TEST(StripeRefund, IsReadFromAList) {
  const auto page = ReadRefundPage(std::string(R"({"has_more": true, "data": [)") + kRefund + "]}");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->has_more);
  EXPECT_EQ(page->refunds.at(0).id, "re_1");
  EXPECT_FALSE(ReadRefundPage(R"({"has_more": false, "data": [{}]})").ok());
  EXPECT_FALSE(ReadRefundPage(R"({"has_more": true, "data": []})").ok());
}

TEST(StripeEventPage, IsReadAndGoesOnAfterAnEventThatCannotBeRead) {
  const auto page = ReadEventPage(R"({"has_more": true, "data": [
    {"id": "evt_2", "type": "refund.created", "created": 7, "livemode": false,
     "data": {"object": {"object": "refund", "id": "re_1", "amount": 5, "status": "pending"}}},
    {"id": "evt_1", "type": "odd"}]})");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_EQ(page->events[0].id, "evt_2");
  EXPECT_EQ(page->events[0].object_id, "re_1");
  EXPECT_EQ(page->events[0].source, "list");
  EXPECT_TRUE(page->has_more);
  EXPECT_EQ(page->last_id, "evt_1");
}

TEST(StripeEventPage, IsNoOtherText) {
  for (const char* body : {"", "{}", R"({"has_more": false, "data": [{}]})"}) {
    EXPECT_FALSE(ReadEventPage(body).ok()) << body;
  }
}

}  // namespace
}  // namespace fsft::payment
