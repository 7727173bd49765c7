#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace common = fightsftickets::common::v1;

constexpr char kPath[] = "/api/checkout/create-session";

class CheckoutTest : public GatewayTest {
 protected:
  CheckoutTest() {
    intake::SubmitAppealResponse appeal;
    appeal.set_intake_id(kIntakeId);
    appeal.set_draft_id(kDraftId);
    appeal.set_access_token("token-1");
    appeal.set_citation_number("912345678");
    appeal.set_appeal_type(common::APPEAL_TYPE_CERTIFIED);
    appeal.set_content_sha256("hash");
    backend_.submit_appeal.answer = appeal;

    payment::CreateCheckoutResponse checkout;
    checkout.set_payment_id(kPaymentId);
    checkout.set_session_id("cs_test_1");
    checkout.set_checkout_url("https://pay.example/cs_test_1");
    checkout.set_amount_cents(1989);
    checkout.set_currency("usd");
    backend_.create_checkout.answer = checkout;
  }

  static json Body() {
    return {{"citation_number", "912-345-678"},
            {"violation_date", "2026-11-02"},
            {"vehicle_info", "blue Honda"},
            {"license_plate", "8ABC123"},
            {"user_name", "Ann Driver"},
            {"user_address_line1", "1 Main St"},
            {"user_address_line2", "Apt 2"},
            {"user_city", "San Francisco"},
            {"user_state", "CA"},
            {"user_zip", "94103"},
            {"user_email", "ann@example.com"},
            {"user_phone", "+1 415 555 0100"},
            {"draft_text", "I object."},
            {"appeal_type", "Certified"},
            {"city_id", "us-ca-san_francisco"},
            {"section_id", "sfmta"},
            {"accept_late", true},
            {"allow_duplicate", true},
            {"theme", "dark"}};
  }

  // The violations of a refused body, as field -> code.
  std::map<std::string, std::string> Violations(const http::Response& response) {
    EXPECT_EQ(response.status, 422) << response.body;
    const json answer = Json(response);
    std::map<std::string, std::string> violations;
    for (const json& error : answer.at("errors")) violations[error["field"]] = error["code"];
    return violations;
  }
};

TEST_F(CheckoutTest, AnswersEverythingThatTheClientNeedsToGoOn) {
  const http::Response response = PostJson(kPath, Body());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response), (json{{"checkout_url", "https://pay.example/cs_test_1"},
                                  {"session_id", "cs_test_1"},
                                  {"amount_total", 1989},
                                  {"currency", "usd"},
                                  {"appeal_type", "certified"},
                                  {"citation_number", "912345678"},
                                  {"payment_id", kPaymentId},
                                  {"intake_id", kIntakeId},
                                  {"draft_id", kDraftId},
                                  {"access_token", "token-1"}}));
}

TEST_F(CheckoutTest, HandsEveryFieldToIntakeUnchanged) {
  PostJson(kPath, Body(), {{"Idempotency-Key", "0123456789abcdef"}});
  const intake::SubmitAppealRequest& sent = backend_.submit_appeal.request;
  EXPECT_EQ(sent.idempotency_key(), "0123456789abcdef");
  EXPECT_EQ(sent.request_digest(), crypto::Sha256(Body().dump()));
  EXPECT_EQ(sent.citation().number(), "912-345-678");
  EXPECT_EQ(sent.citation().violation_date(), "2026-11-02");
  EXPECT_EQ(sent.citation().vehicle_info(), "blue Honda");
  EXPECT_EQ(sent.citation().license_plate(), "8ABC123");
  EXPECT_EQ(sent.citation().city_id(), "us-ca-san_francisco");
  EXPECT_EQ(sent.citation().section_id(), "sfmta");
  EXPECT_EQ(sent.sender().name(), "Ann Driver");
  EXPECT_EQ(sent.sender().address_line1(), "1 Main St");
  EXPECT_EQ(sent.sender().address_line2(), "Apt 2");
  EXPECT_EQ(sent.sender().city(), "San Francisco");
  EXPECT_EQ(sent.sender().state(), "CA");
  EXPECT_EQ(sent.sender().zip(), "94103");
  EXPECT_EQ(sent.sender().email(), "ann@example.com");
  EXPECT_EQ(sent.sender().phone(), "+1 415 555 0100");
  EXPECT_EQ(sent.letter_text(), "I object.");
  EXPECT_EQ(sent.appeal_type(), common::APPEAL_TYPE_CERTIFIED);
  EXPECT_TRUE(sent.accept_late());
  EXPECT_TRUE(sent.allow_duplicate());
}

TEST_F(CheckoutTest, PaymentGetsWhatIntakeFroze) {
  PostJson(kPath, Body());
  EXPECT_EQ(backend_.create_checkout.request.intake_id(), kIntakeId);
  EXPECT_EQ(backend_.create_checkout.request.draft_id(), kDraftId);
  EXPECT_EQ(backend_.create_checkout.request.content_sha256(), "hash");
  EXPECT_EQ(backend_.create_checkout.request.appeal_type(), common::APPEAL_TYPE_CERTIFIED);
}

TEST_F(CheckoutTest, TheTypeDefaultsToStandard) {
  json body = Body();
  body.erase("appeal_type");
  PostJson(kPath, body);
  EXPECT_EQ(backend_.submit_appeal.request.appeal_type(), common::APPEAL_TYPE_STANDARD);
}

TEST_F(CheckoutTest, WrongTypesAndFormsAreNamedTogetherAndNothingIsCalled) {
  json body = Body();
  body["user_zip"] = 94103;
  body["accept_late"] = "yes";
  body["appeal_type"] = "express";
  body["signature_data"] = "data:image/gif;base64,R0lG";
  body["selected_evidence"] = {"x"};
  EXPECT_EQ(Violations(PostJson(kPath, body)),
            (std::map<std::string, std::string>{{"user_zip", "wrong_type"},
                                                {"accept_late", "wrong_type"},
                                                {"appeal_type", "invalid_choice"},
                                                {"signature_data", "invalid_data_url"},
                                                {"selected_evidence", "token_required"}}));
  EXPECT_EQ(backend_.submit_appeal.calls, 0);
}

TEST_F(CheckoutTest, AnEmptyListOfExhibitsIsNone) {
  json body = Body();
  body["selected_evidence"] = json::array();
  EXPECT_EQ(PostJson(kPath, body).status, 200);
}

TEST_F(CheckoutTest, TheDrawnSignatureIsDecoded) {
  const std::string png = "\x89PNG\r\n\x1a\n";
  json body = Body();
  body["signature_data"] = "data:image/png;base64," + crypto::Base64Encode(png);
  EXPECT_EQ(PostJson(kPath, body).status, 200);
  EXPECT_EQ(backend_.submit_appeal.request.signature_png(), png);

  body["signature_data"] = "data:image/png;base64,####";
  EXPECT_EQ(Violations(PostJson(kPath, body)).at("signature_data"), "invalid_data_url");
}

TEST_F(CheckoutTest, IntakesViolationsKeepTheNamesOfTheFields) {
  backend_.submit_appeal.answer =
      rpc::WithViolations(rpc::Error(absl::StatusCode::kInvalidArgument, "validation_failed"),
                          {rpc::Violation("user_zip", "invalid", "Must be a ZIP code.")});
  EXPECT_EQ(Violations(PostJson(kPath, Body())).at("user_zip"), "invalid");
  EXPECT_EQ(backend_.create_checkout.calls, 0);
}

TEST_F(CheckoutTest, AKeyOfTheWrongLengthIsRefused) {
  for (const std::string& key :
       {std::string(15, 'k'), std::string(256, 'k'), std::string("sixteen with blanks")}) {
    const http::Response response = PostJson(kPath, Body(), {{"Idempotency-Key", key}});
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(Json(response)["code"], "invalid_idempotency_key");
  }
  EXPECT_EQ(PostJson(kPath, Body(), {{"Idempotency-Key", std::string(16, 'k')}}).status, 200);
  EXPECT_EQ(PostJson(kPath, Body(), {{"Idempotency-Key", std::string(255, 'k')}}).status, 200);
}

TEST_F(CheckoutTest, WithoutStripeTheOrderIsKeptAndItsIdsAreTold) {
  backend_.create_checkout.answer =
      rpc::WithIds(rpc::Error(absl::StatusCode::kUnavailable, "stripe_unavailable"),
                   {{"payment_id", kPaymentId}, {"intake_id", kIntakeId}, {"draft_id", kDraftId}});
  const http::Response response = PostJson(kPath, Body());
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(Json(response)["code"], "stripe_unavailable");
  EXPECT_EQ(Json(response)["payment_id"], kPaymentId);
  EXPECT_EQ(Json(response)["intake_id"], kIntakeId);
  EXPECT_EQ(Json(response)["draft_id"], kDraftId);
}

TEST_F(CheckoutTest, WhatStripeWantsUsToWaitTheClientIsToldToWait) {
  backend_.create_checkout.answer =
      rpc::WithRetryAfter(rpc::WithIds(rpc::Error(absl::StatusCode::kUnavailable, "stripe_busy"),
                                       {{"payment_id", kPaymentId}}),
                          std::chrono::seconds(7));
  const http::Response response = PostJson(kPath, Body());
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Header(response, "Retry-After"), "7");
  EXPECT_EQ(Json(response)["code"], "stripe_busy");
  EXPECT_EQ(Json(response)["payment_id"], kPaymentId);
}

TEST_F(CheckoutTest, APaidOrderIsAConflictWithItsIds) {
  backend_.create_checkout.answer = rpc::WithIds(
      rpc::Error(absl::StatusCode::kAlreadyExists, "already_paid"), {{"payment_id", kPaymentId}});
  const http::Response response = PostJson(kPath, Body());
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(Json(response)["code"], "already_paid");
  EXPECT_EQ(Json(response)["payment_id"], kPaymentId);
}

TEST_F(CheckoutTest, WhatIsNoJsonIsMalformed) {
  for (const char* body : {"{", "[]", "\"x\"", "{\"user_name\": \"\xff\"}"}) {
    const http::Response response =
        Ask("POST", kPath, {{"Content-Type", "application/json"}}, body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(Json(response)["code"], "malformed_json");
  }
}

TEST_F(CheckoutTest, NamesWhatIsStoredWhenPaymentHasTooMuchToDo) {
  backend_.create_checkout.answer = rpc::Error(absl::StatusCode::kUnavailable, "busy", "too much");
  const http::Response response = PostJson(kPath, Body());
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Json(response)["code"], "busy");
  EXPECT_EQ(Json(response)["intake_id"], kIntakeId);
  EXPECT_EQ(Json(response)["draft_id"], kDraftId);
}

TEST_F(CheckoutTest, TheOldFormatIsGone) {
  for (const char* path : {"/api/checkout/old-format", "/checkout/old-format"}) {
    const http::Response response = PostJson(path, {{"anything", 1}});
    EXPECT_EQ(response.status, 410);
    EXPECT_THAT(std::string(Json(response)["detail"]), HasSubstr("/api/checkout/create-session"));
  }
}

// P10: what a customer wrote must not come back in an error, which clients log.
TEST_F(CheckoutTest, NoErrorRepeatsWhatWasSent) {
  json body = Body();
  body["appeal_type"] = "SECRET";
  body["signature_data"] = "SECRET";
  EXPECT_THAT(PostJson(kPath, body).body, Not(HasSubstr("SECRET")));
  backend_.submit_appeal.answer = absl::InternalError("duplicate key (Ann Driver)");
  EXPECT_THAT(PostJson(kPath, Body()).body, Not(HasSubstr("Ann")));
}

}  // namespace
}  // namespace fsft::gateway
