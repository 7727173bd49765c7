#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
using testing::UnorderedElementsAre;

constexpr char kIntakePath[] = "/api/intakes/0192f7a4-5c1d-7e3a-9b2c-000000000001";

absl::Status CheckoutOpen() {
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "checkout_open");
}

class IntakesTest : public GatewayTest {
 protected:
  http::Response Patch(const json& body) {
    return Ask("PATCH", kIntakePath, {Bearer("token-1"), {"Content-Type", "application/json"}},
               body.dump());
  }
};

// Payment is asked once, and intake a second time.
TEST_F(IntakesTest, EndsAnOpenCheckoutBeforeTheChange) {
  backend_.update_intake.answer = CheckoutOpen();
  backend_.end_checkout.answer = payment::EndCheckoutResponse();
  Patch({{"user_zip", "94110"}});
  EXPECT_EQ(backend_.update_intake.calls, 2);
  EXPECT_TRUE(backend_.update_intake.request.checkout_ended());
  EXPECT_EQ(backend_.end_checkout.calls, 1);
  EXPECT_EQ(backend_.end_checkout.request.intake_id(), kIntakeId);
}

TEST_F(IntakesTest, ChangesNothingWhenMoneyWasFaster) {
  backend_.update_intake.answer = CheckoutOpen();
  backend_.end_checkout.answer = rpc::Error(absl::StatusCode::kAlreadyExists, "already_paid");
  const http::Response response = Patch({{"user_zip", "94110"}});
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(Json(response)["code"], "already_paid");
  EXPECT_EQ(backend_.update_intake.calls, 1);
}

// Whoever has not the token must not end somebody's checkout.
TEST_F(IntakesTest, EndsNoCheckoutForAWrongToken) {
  backend_.update_intake.answer =
      rpc::Error(absl::StatusCode::kUnauthenticated, "invalid_token", "wrong");
  EXPECT_EQ(Patch({{"user_zip", "94110"}}).status, 401);
  EXPECT_EQ(backend_.end_checkout.calls, 0);
}

TEST_F(IntakesTest, NamesTheFieldsThatAreSentAndEmptiesThoseThatAreNull) {
  backend_.update_intake.answer = intake::UpdateIntakeResponse();
  EXPECT_EQ(Patch({{"user_name", "Ann"}, {"user_phone", nullptr}, {"city_id", ""}}).status, 200);
  const auto& request = backend_.update_intake.request;
  EXPECT_THAT(request.fields().paths(),
              UnorderedElementsAre("sender.name", "sender.phone", "citation.city_id"));
  EXPECT_EQ(request.sender().name(), "Ann");
  EXPECT_EQ(request.access_token(), "token-1");
}

TEST_F(IntakesTest, TellsTheDraftThatTheLetterGoesOnAs) {
  intake::UpdateIntakeResponse changed;
  changed.set_draft_id(kDraftId);
  backend_.update_intake.answer = changed;
  EXPECT_EQ(Json(Patch({{"user_name", "Ann"}}))["draft_id"], kDraftId);
}

TEST_F(IntakesTest, BeginsAnAppealWithWhatIsKnown) {
  intake::CreateIntakeResponse begun;
  begun.set_intake_id(kIntakeId);
  begun.set_access_token("token-1");
  backend_.create_intake.answer = begun;
  const http::Response response = PostJson("/api/intakes", {{"citation_number", "912-345-678"}},
                                           {{"Idempotency-Key", "a-key-of-the-client-1"}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(Json(response)["access_token"], "token-1");
  const auto& request = backend_.create_intake.request;
  EXPECT_EQ(request.citation().number(), "912-345-678");
  EXPECT_EQ(request.request_key().idempotency_key(), "a-key-of-the-client-1");
  EXPECT_EQ(request.request_key().request_digest().size(), 32u);
}

// Payment is asked about nobody's intake too.
TEST_F(IntakesTest, LooksUpNobodyWithTheSameWork) {
  intake::LookUpResponse found;
  found.set_intake_id(kIntakeId);
  backend_.look_up.answer = found;
  backend_.get_order.answer = rpc::Error(absl::StatusCode::kNotFound, "order_not_found", "none");
  const http::Response response = PostJson(
      "/api/status/lookup", {{"email", "a@example.com"}, {"citation_number", "912345678"}});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(backend_.get_order.request.intake_id(), kIntakeId);
}

}  // namespace
}  // namespace fsft::gateway
