#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

constexpr char kPath[] = "/api/drafts/preview";

class PreviewTest : public GatewayTest {
 protected:
  PreviewTest() {
    intake::ComposeSubmissionResponse composed;
    composed.mutable_submission()->set_letter_text("I object.");
    backend_.compose_submission.answer = composed;
    fulfillment::RenderPreviewResponse preview;
    preview.set_pdf("%PDF-1.7");
    backend_.render_preview.answer = preview;
  }
};

TEST_F(PreviewTest, ShowsWhatIntakeComposed) {
  const http::Response response =
      PostJson(kPath, {{"draft_text", "I object."}, {"user_zip", "94103"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/pdf");
  EXPECT_EQ(response.body, "%PDF-1.7");
  EXPECT_EQ(Header(response, "Cache-Control"), "private, no-store");
  const intake::SubmitAppealRequest& sent = backend_.compose_submission.request.appeal();
  EXPECT_EQ(sent.letter_text(), "I object.");
  EXPECT_EQ(sent.sender().zip(), "94103");
  EXPECT_EQ(backend_.render_preview.request.submission().letter_text(), "I object.");
  EXPECT_EQ(backend_.submit_appeal.calls + backend_.create_checkout.calls, 0);
}

TEST_F(PreviewTest, ADraftIsNamedWithItsToken) {
  PostJson(kPath, {{"intake_id", kIntakeId}, {"draft_id", kDraftId}}, {Bearer("token-1")});
  const intake::SubmitAppealRequest& sent = backend_.compose_submission.request.appeal();
  EXPECT_EQ(sent.intake_id(), kIntakeId);
  EXPECT_EQ(sent.draft_id(), kDraftId);
  EXPECT_EQ(sent.access_token(), "token-1");
}

TEST_F(PreviewTest, WhatIntakeRefusesIsNotPrinted) {
  backend_.compose_submission.answer =
      rpc::InvalidFields({rpc::Violation("user_zip", "invalid", "must be a ZIP code")});
  const http::Response response = PostJson(kPath, {{"user_zip", "9"}});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json(response)["errors"][0]["field"], "user_zip");
  EXPECT_EQ(backend_.render_preview.calls, 0);
}

TEST_F(PreviewTest, WhoComesWhileOthersAreServedIsToldWhenToComeAgain) {
  backend_.render_preview.answer = rpc::WithRetryAfter(
      rpc::Error(absl::StatusCode::kUnavailable, "busy"), std::chrono::seconds(2));
  const http::Response response = PostJson(kPath, {{"draft_text", "I object."}});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Json(response)["code"], "busy");
  EXPECT_EQ(Header(response, "Retry-After"), "2");
}

}  // namespace
}  // namespace fsft::gateway
