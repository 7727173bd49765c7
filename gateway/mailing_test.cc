#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
namespace common = fightsftickets::common::v1;

using MailingTest = OperatorTest;

constexpr char kAnewPath[] =
    "/api/admin/fulfillments/0191a2b3-0000-7000-8000-000000000001/new-generation";

TEST_F(MailingTest, OperatorsPauseAndResumeUnderTheirNames) {
  backend_.pause.answer = fulfillment::PauseResponse();
  EXPECT_EQ(Json(AskAs("retrier", "POST", "/api/admin/mailing/pause"))["status"], "paused");
  EXPECT_EQ(backend_.pause.request.actor(), "retrier");
  fulfillment::ResumeResponse resumed;
  resumed.add_causes("paused_credentials");
  backend_.resume.answer = resumed;
  EXPECT_EQ(Json(AskAs("retrier", "POST", "/api/admin/mailing/resume")),
            (json{{"status", "mailing"}, {"was_paused_for", {"paused_credentials"}}}));
  EXPECT_EQ(backend_.resume.request.actor(), "retrier");
}

TEST_F(MailingTest, PausingIsForOperatorsWhoMayRetry) {
  for (const char* path : {"/api/admin/mailing/pause", "/api/admin/mailing/resume"}) {
    EXPECT_EQ(AskAs("", "POST", path).status, 401);
    EXPECT_EQ(AskAs("reader", "POST", path).status, 403);
  }
  EXPECT_EQ(backend_.pause.calls + backend_.resume.calls, 0);
}

TEST_F(MailingTest, SendingAnewHasAScopeOfItsOwn) {
  EXPECT_EQ(AskAs("retrier", "POST", kAnewPath, "{}").status, 403);
  fulfillment::NewGenerationResponse renewed;
  renewed.set_state(common::DELIVERY_STATE_QUEUED);
  backend_.new_generation.answer = renewed;
  EXPECT_EQ(Json(AskAs("resender", "POST", kAnewPath, "{}"))["status"], "queued");
  EXPECT_FALSE(backend_.new_generation.request.force());
  EXPECT_EQ(backend_.new_generation.request.actor(), "resender");
  EXPECT_EQ(backend_.new_generation.request.payment_id(), "0191a2b3-0000-7000-8000-000000000001");
  AskAs("resender", "POST", kAnewPath, R"({"force":true})");
  EXPECT_TRUE(backend_.new_generation.request.force());
}

TEST_F(MailingTest, WhatMustNotBeSentAnewIsAConflict) {
  backend_.new_generation.answer = rpc::Error(absl::StatusCode::kFailedPrecondition, "not_proven");
  const http::Response refused = AskAs("resender", "POST", kAnewPath, "{}");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(Json(refused)["code"], "not_proven");
}

TEST_F(MailingTest, AWrongTypeNamesTheField) {
  const http::Response refused = AskAs("resender", "POST", kAnewPath, R"({"force":"yes"})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Json(refused)["errors"][0]["field"], "force");
  EXPECT_EQ(backend_.new_generation.calls, 0);
}

TEST_F(MailingTest, APauseShowsOnTheStatusPage) {
  fulfillment::GetStatusResponse mail;
  mail.set_mail_mode("test");
  mail.add_pauses("operator");
  backend_.fulfillment_status = mail;
  probe_.RunOnce();
  const json status = Json(AskAs("", "GET", "/status"));
  EXPECT_EQ(status["status"], "degraded");
  EXPECT_EQ(status["parts"]["mail"], "paused");
}

}  // namespace
}  // namespace fsft::gateway
