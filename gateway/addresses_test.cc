#include "gateway/addresses.h"

#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

constexpr char kCheck[] = "/api/addresses/check";
constexpr char kCheckout[] = "/api/checkout/create-session";

class AddressesTest : public GatewayTest {
 protected:
  AddressesTest() {
    backend_.submit_appeal.answer = rpc::Error(absl::StatusCode::kAborted, "x");
    SetVerification(true);
  }

  // Whether fulfillment asks the printer about addresses.
  void SetVerification(bool on) {
    backend_.fulfillment_status->set_verifies_addresses(on);
    probe_.RunOnce();
  }

  static json Body() {
    return {{"user_address_line1", "1 Main St"},
            {"user_address_line2", "Apt 2"},
            {"user_city", "San Francisco"},
            {"user_state", "CA"},
            {"user_zip", "94103"}};
  }

  static json Without(const char* field) {
    json body = Body();
    body.erase(field);
    return body;
  }

  void Say(fulfillment::AddressVerdict verdict) {
    fulfillment::CheckAddressResponse check;
    check.set_verdict(verdict);
    *check.add_advice() = rpc::Violation("user_address_line1", "undeliverable", "must be another");
    *check.add_advice() =
        rpc::Violation("user_zip", "zip_of_other_state", "belongs to another state");
    backend_.check_address.answer = check;
  }

  http::Response Patch(const json& body) {
    return Ask("PATCH", std::string("/api/intakes/") + kIntakeId,
               {Bearer("token-1"), {"Content-Type", "application/json"}}, body.dump());
  }

  static std::vector<std::string> CodesOf(const Violations& violations) {
    std::vector<std::string> codes;
    for (const auto& one : violations) codes.push_back(one.code());
    return codes;
  }

  const std::vector<std::string> kBoth = {"undeliverable", "zip_of_other_state"};
  const std::vector<std::string> kNone = {};
};

TEST_F(AddressesTest, TellsTheVerdictAndTheAdvice) {
  Say(fulfillment::ADDRESS_VERDICT_DELIVERABLE);
  const http::Response response = PostJson(kCheck, Body());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response), (json{{"verdict", "deliverable"},
                                  {"advice",
                                   {{{"field", "user_address_line1"},
                                     {"code", "undeliverable"},
                                     {"message", "must be another"}},
                                    {{"field", "user_zip"},
                                     {"code", "zip_of_other_state"},
                                     {"message", "belongs to another state"}}}}}));
  const fulfillment::Address& asked = backend_.check_address.request.address();
  EXPECT_EQ(asked.line1(), "1 Main St");
  EXPECT_EQ(asked.line2(), "Apt 2");
  EXPECT_EQ(asked.city(), "San Francisco");
  EXPECT_EQ(asked.state(), "CA");
  EXPECT_EQ(asked.zip(), "94103");
}

TEST_F(AddressesTest, TellsASuggestionInTheFieldsOfTheForm) {
  fulfillment::CheckAddressResponse check;
  check.set_verdict(fulfillment::ADDRESS_VERDICT_UNKNOWN);
  check.mutable_suggestion()->set_line1("1 Main Ave");
  check.mutable_suggestion()->set_city("Oakland");
  check.mutable_suggestion()->set_state("CA");
  check.mutable_suggestion()->set_zip("94607-1234");
  backend_.check_address.answer = check;
  EXPECT_EQ(Json(PostJson(kCheck, Body())), (json{{"verdict", "unknown"},
                                                  {"advice", json::array()},
                                                  {"suggestion",
                                                   {{"user_address_line1", "1 Main Ave"},
                                                    {"user_address_line2", ""},
                                                    {"user_city", "Oakland"},
                                                    {"user_state", "CA"},
                                                    {"user_zip", "94607-1234"}}}}));
}

TEST_F(AddressesTest, AWrongTypeIsNamed) {
  const http::Response response = PostJson(kCheck, {{"user_zip", 94103}});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json(response)["errors"][0]["field"], "user_zip");
  EXPECT_EQ(backend_.check_address.calls, 0);
}

TEST_F(AddressesTest, WhoAsksWhileNobodyAnswersIsToldSo) {
  backend_.check_address.answer = absl::UnavailableError("no connection");
  EXPECT_EQ(PostJson(kCheck, Body()).status, 503);
}

// Intake refuses it, unless it has taken this very request before.
TEST_F(AddressesTest, ACheckoutTellsIntakeWhatIsUndeliverable) {
  Say(fulfillment::ADDRESS_VERDICT_UNDELIVERABLE);
  PostJson(kCheckout, Body());
  EXPECT_EQ(CodesOf(backend_.submit_appeal.request.sender_violations()), kBoth);
  PostJson("/api/drafts/preview", Body());
  EXPECT_EQ(CodesOf(backend_.compose_submission.request.appeal().sender_violations()), kBoth);
  PostJson("/api/intakes", Body());
  EXPECT_EQ(CodesOf(backend_.create_intake.request.sender_violations()), kBoth);
}

TEST_F(AddressesTest, AdviceRefusesNothing) {
  for (const auto verdict :
       {fulfillment::ADDRESS_VERDICT_DELIVERABLE, fulfillment::ADDRESS_VERDICT_UNKNOWN,
        fulfillment::ADDRESS_VERDICT_UNSPECIFIED}) {
    Say(verdict);
    PostJson(kCheckout, Body());
    EXPECT_EQ(CodesOf(backend_.submit_appeal.request.sender_violations()), kNone);
  }
  EXPECT_EQ(backend_.submit_appeal.calls, 3);
}

TEST_F(AddressesTest, ACheckoutGoesOnWithoutFulfillment) {
  for (const absl::Status& trouble :
       {absl::UnavailableError("no connection"), absl::DeadlineExceededError("slow"),
        rpc::Error(absl::StatusCode::kUnavailable, "busy"), absl::InternalError("a defect")}) {
    backend_.check_address.answer = trouble;
    PostJson(kCheckout, Body());
    EXPECT_EQ(CodesOf(backend_.submit_appeal.request.sender_violations()), kNone) << trouble;
  }
  EXPECT_EQ(backend_.submit_appeal.calls, 4);
}

TEST_F(AddressesTest, NobodyIsAskedAboutHalfAnAddress) {
  Say(fulfillment::ADDRESS_VERDICT_UNDELIVERABLE);
  for (const char* field : {"user_address_line1", "user_city", "user_state", "user_zip"})
    PostJson(kCheckout, Without(field));
  EXPECT_EQ(backend_.check_address.calls, 0);
  EXPECT_EQ(backend_.submit_appeal.calls, 4) << "intake says what is missing";
  PostJson(kCheckout, Without("user_address_line2"));
  EXPECT_EQ(backend_.check_address.calls, 1);
}

TEST_F(AddressesTest, AChangeOfTheWholeAddressIsCheckedAsItIs) {
  Say(fulfillment::ADDRESS_VERDICT_UNDELIVERABLE);
  Patch(Body());
  EXPECT_EQ(CodesOf(backend_.update_intake.request.sender_violations()), kBoth);
  EXPECT_EQ(backend_.get_intake.calls, 0);
}

TEST_F(AddressesTest, APartOfTheAddressIsCheckedWithTheRestThatTheIntakeHas) {
  Say(fulfillment::ADDRESS_VERDICT_UNDELIVERABLE);
  intake::GetIntakeResponse stored;
  stored.mutable_sender()->set_address_line1("1 Main St");
  stored.mutable_sender()->set_address_line2("Apt 2");
  stored.mutable_sender()->set_city("Oakland");
  stored.mutable_sender()->set_state("CA");
  stored.mutable_sender()->set_zip("94607");
  backend_.get_intake.answer = stored;
  Patch({{"user_zip", "94103"}, {"user_address_line2", nullptr}, {"user_name", "Ann"}});
  EXPECT_EQ(backend_.get_intake.request.intake_id(), kIntakeId);
  EXPECT_EQ(backend_.get_intake.request.access_token(), "token-1");
  const fulfillment::Address& asked = backend_.check_address.request.address();
  EXPECT_EQ(asked.line1(), "1 Main St");
  EXPECT_EQ(asked.line2(), "");
  EXPECT_EQ(asked.city(), "Oakland");
  EXPECT_EQ(asked.zip(), "94103");
  EXPECT_EQ(CodesOf(backend_.update_intake.request.sender_violations()), kBoth);
}

TEST_F(AddressesTest, OtherChangesAreNotHeldUp) {
  Patch({{"user_name", "Ann"}, {"license_plate", "8ABC123"}});
  EXPECT_EQ(backend_.get_intake.calls + backend_.check_address.calls, 0);
  EXPECT_EQ(backend_.update_intake.calls, 1);
}

TEST_F(AddressesTest, WhatIsTheMatterWithTheIntakeTheChangeSays) {
  backend_.get_intake.answer = rpc::Error(absl::StatusCode::kUnauthenticated, "invalid_token");
  backend_.update_intake.answer = rpc::Error(absl::StatusCode::kUnauthenticated, "invalid_token");
  EXPECT_EQ(Patch({{"user_zip", "94103"}}).status, 401);
  EXPECT_EQ(backend_.check_address.calls, 0);
}

TEST_F(AddressesTest, WhereNobodyAsksThePostalServiceNoOrderIsHeldUpForAdvice) {
  SetVerification(false);
  Say(fulfillment::ADDRESS_VERDICT_UNDELIVERABLE);
  PostJson(kCheckout, Body());
  Patch(Body());
  EXPECT_EQ(backend_.check_address.calls, 0);
  EXPECT_EQ(CodesOf(backend_.submit_appeal.request.sender_violations()), kNone);
  PostJson(kCheck, Body());
  EXPECT_EQ(backend_.check_address.calls, 1);
}

}  // namespace
}  // namespace fsft::gateway
