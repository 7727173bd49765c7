#include <gtest/gtest.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
using PeopleTest = OperatorTest;

constexpr char kIntake[] = "0191a2b3-0000-7000-8000-000000000001";
const std::string kErase = "/api/admin/intakes/" + std::string(kIntake) + "/erase";
const std::string kRevoke = "/api/admin/intakes/" + std::string(kIntake) + "/revoke-token";

TEST_F(PeopleTest, ErasingHasAScopeOfItsOwn) {
  for (const std::string& path : {kErase, kRevoke}) {
    EXPECT_EQ(AskAs("", "POST", path).status, 401);
    EXPECT_EQ(AskAs("retrier", "POST", path).status, 403);
  }
  EXPECT_EQ(backend_.erase.calls + backend_.revoke_token.calls, 0);
}

TEST_F(PeopleTest, AnOperatorErasesUnderTheirName) {
  intake::EraseResponse erased;
  erased.mutable_erased_at()->set_seconds(1'764'000'000);
  backend_.erase.answer = erased;
  EXPECT_EQ(Json(AskAs("eraser", "POST", kErase)),
            (json{{"status", "erased"},
                  {"intake_id", kIntake},
                  {"erased_at", "2025-11-24T16:00:00.000000Z"}}));
  EXPECT_EQ(backend_.erase.request.actor(), "eraser");
  EXPECT_EQ(backend_.erase.request.intake_id(), kIntake);
}

TEST_F(PeopleTest, AnOrderInProgressIsAConflict) {
  backend_.erase.answer = rpc::Error(absl::StatusCode::kAlreadyExists, "order_in_progress");
  const http::Response refused = AskAs("eraser", "POST", kErase);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(Json(refused)["code"], "order_in_progress");
}

TEST_F(PeopleTest, AnOperatorEndsTheAccessOfATokenThatGotAway) {
  backend_.revoke_token.answer = intake::RevokeTokenResponse();
  EXPECT_EQ(Json(AskAs("eraser", "POST", kRevoke)),
            (json{{"status", "revoked"}, {"intake_id", kIntake}}));
  EXPECT_EQ(backend_.revoke_token.request.actor(), "eraser");
}

}  // namespace
}  // namespace fsft::gateway
