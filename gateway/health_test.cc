#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class HealthTest : public GatewayTest {
 protected:
  HealthTest() {
    payment::GetStatusResponse payment;
    payment.set_stripe_mode("test");
    backend_.payment_status = payment;
    fulfillment::GetStatusResponse fulfillment;
    fulfillment.set_mail_mode("live");
    backend_.fulfillment_status = fulfillment;
  }

  json StatusAfterProbe() {
    probe_.RunOnce();
    const http::Response response = Ask("GET", "/status");
    EXPECT_EQ(response.status, 200);
    return Json(response);
  }

  const absl::Status unreachable_ = absl::UnavailableError("failed to connect");
  const absl::Status not_serving_ = rpc::Error(absl::StatusCode::kUnavailable, "not_serving");
};

TEST_F(HealthTest, TheProcessLivesWhateverElseDoes) {
  for (absl::Status& service : backend_.health) service = unreachable_;
  probe_.RunOnce();
  EXPECT_EQ(Ask("GET", "/health").status, 200);
}

TEST_F(HealthTest, NotReadyBeforeAnythingIsKnown) {
  EXPECT_EQ(Ask("GET", "/health/ready").status, 503);
  EXPECT_FALSE(probe_.HasLooked());
  probe_.RunOnce();
  EXPECT_TRUE(probe_.HasLooked());
}

TEST_F(HealthTest, ReadyWhenAllServicesServe) {
  probe_.RunOnce();
  const http::Response response = Ask("GET", "/health/ready");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response)["status"], "ready");
}

TEST_F(HealthTest, AnyServiceThatIsDownMakesNotReadyAndIsNamed) {
  const char* names[] = {"intake", "payment", "fulfillment"};
  for (int i = 0; i < 3; ++i) {
    backend_.health[i] = unreachable_;
    probe_.RunOnce();
    const http::Response response = Ask("GET", "/health/ready");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(Json(response)["code"], "not_ready");
    EXPECT_THAT(std::string(Json(response)["detail"]),
                HasSubstr(std::string(names[i]) + " is down"));
    backend_.health[i] = absl::OkStatus();
  }
  probe_.RunOnce();
  EXPECT_EQ(Ask("GET", "/health/ready").status, 200) << "and back";
}

TEST_F(HealthTest, StatusIsOkWhenAllPartsAre) {
  EXPECT_EQ(StatusAfterProbe(), (json{{"status", "ok"},
                                      {"parts",
                                       {{"gateway", "ok"},
                                        {"intake", "ok"},
                                        {"payment", "ok"},
                                        {"fulfillment", "ok"},
                                        {"database", "ok"},
                                        {"stripe", "test"},
                                        {"mail", "live"}}}}));
}

TEST_F(HealthTest, TheDatabaseIsDownWhenWhoeverAnswersDoesNotServe) {
  for (absl::Status& service : backend_.health) service = not_serving_;
  const json status = StatusAfterProbe();
  EXPECT_EQ(status["status"], "degraded");
  EXPECT_EQ(status["parts"]["database"], "down");
  EXPECT_EQ(Ask("GET", "/health/ready").status, 503);
}

TEST_F(HealthTest, TheDatabaseIsUnknownWhenNobodyAnswers) {
  for (absl::Status& service : backend_.health) service = unreachable_;
  EXPECT_EQ(StatusAfterProbe()["parts"]["database"], "unknown");
}

TEST_F(HealthTest, OneServiceThatDrainsIsNotTheDatabase) {
  backend_.health[1] = not_serving_;
  const json status = StatusAfterProbe();
  EXPECT_EQ(status["parts"]["database"], "ok");
  EXPECT_EQ(status["parts"]["payment"], "down");
  EXPECT_EQ(status["parts"]["stripe"], "unknown");
  EXPECT_EQ(status["status"], "degraded");
}

TEST_F(HealthTest, MissingKeysAndAStripeThatFailsDegradeTheStatusButNotReadiness) {
  for (const char* mode : {"unconfigured", "unavailable"}) {
    payment::GetStatusResponse payment;
    payment.set_stripe_mode(mode);
    backend_.payment_status = payment;
    const json status = StatusAfterProbe();
    EXPECT_EQ(status["status"], "degraded");
    EXPECT_EQ(status["parts"]["stripe"], mode);
    EXPECT_EQ(Ask("GET", "/health/ready").status, 200);
  }
}

}  // namespace
}  // namespace fsft::gateway
