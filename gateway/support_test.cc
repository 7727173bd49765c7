#include <gtest/gtest.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
using SupportTest = OperatorTest;

TEST_F(SupportTest, AQuestionIsTakenWithItsOrder) {
  intake::OpenSupportRequestResponse opened;
  opened.set_support_id("s1");
  backend_.open_support_request.answer = opened;
  const http::Response answer =
      AskAs("", "POST", "/api/support",
            R"({"message":"Where is it?","email":"a@example.com","payment_id":"p1"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(Json(answer), (json{{"support_id", "s1"}}));
  const auto& request = backend_.open_support_request.request;
  EXPECT_EQ(request.message(), "Where is it?");
  EXPECT_EQ(request.email(), "a@example.com");
  EXPECT_EQ(request.payment_id(), "p1");
  EXPECT_EQ(request.request_key().request_digest().size(), 32);
}

TEST_F(SupportTest, AWrongTypeNamesTheField) {
  const http::Response refused = AskAs("", "POST", "/api/support", R"({"message":7})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Json(refused)["errors"][0]["field"], "message");
  EXPECT_EQ(backend_.open_support_request.calls, 0);
}

TEST_F(SupportTest, OnlyReadersSeeQuestions) {
  EXPECT_EQ(AskAs("", "GET", "/api/admin/support").status, 401);
  EXPECT_EQ(AskAs("eraser", "GET", "/api/admin/support").status, 403);
  intake::ListSupportRequestsResponse page;
  page.add_requests()->set_message("Where is it?");
  page.set_next_cursor("there");
  backend_.list_support_requests.answer = page;
  const json answer = Json(AskAs("reader", "GET", "/api/admin/support"));
  EXPECT_EQ(answer["requests"][0]["message"], "Where is it?");
  EXPECT_EQ(answer["next_cursor"], "there");
  EXPECT_EQ(backend_.list_support_requests.request.actor(), "reader");
}

}  // namespace
}  // namespace fsft::gateway
