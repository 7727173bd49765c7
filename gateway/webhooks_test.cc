#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

class WebhooksTest : public GatewayTest {
 protected:
  http::Response Deliver(const std::string& body) {
    return Ask(
        "POST", "/api/webhook/stripe",
        {{"Content-Type", "application/json; charset=utf-8"}, {"Stripe-Signature", "t=1,v1=ab"}},
        body);
  }
};

TEST_F(WebhooksTest, BytesAndSignatureGoOnAsTheyCame) {
  payment::HandleStripeWebhookResponse taken;
  taken.set_outcome(payment::WEBHOOK_OUTCOME_PROCESSED);
  taken.set_event_type("checkout.session.completed");
  backend_.webhook.answer = taken;
  const std::string body("{\n \"id\": \"evt_1\"\0\xff", 18);
  const http::Response response = Deliver(body);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response),
            (json{{"status", "processed"}, {"event_type", "checkout.session.completed"}}));
  EXPECT_EQ(backend_.webhook.request.payload(), body);
  EXPECT_EQ(backend_.webhook.request.signature(), "t=1,v1=ab");
}

TEST_F(WebhooksTest, EveryOutcomeHasItsWord) {
  const std::pair<payment::WebhookOutcome, const char*> outcomes[] = {
      {payment::WEBHOOK_OUTCOME_DUPLICATE, "duplicate"},
      {payment::WEBHOOK_OUTCOME_UNMATCHED, "unmatched"},
      {payment::WEBHOOK_OUTCOME_IGNORED, "ignored"},
      {payment::WEBHOOK_OUTCOME_REJECTED, "rejected"}};
  for (const auto& [outcome, word] : outcomes) {
    payment::HandleStripeWebhookResponse taken;
    taken.set_outcome(outcome);
    backend_.webhook.answer = taken;
    EXPECT_EQ(Json(Deliver("{}"))["status"], word);
  }
}

// P6: Stripe delivers again after a 5xx, and only then.
TEST_F(WebhooksTest, OnlyWhatCannotBeRightIs400AndEverythingElseIsDeliveredAgain) {
  using absl::StatusCode;
  backend_.webhook.answer = rpc::Error(StatusCode::kInvalidArgument, "invalid_signature");
  EXPECT_EQ(Deliver("{}").status, 400);
  backend_.webhook.answer = rpc::Error(StatusCode::kInvalidArgument, "malformed_event");
  EXPECT_EQ(Deliver("{}").status, 400);
  for (const absl::Status& failure : {absl::UnavailableError("x"), absl::DeadlineExceededError("x"),
                                      absl::AbortedError("x"), absl::ResourceExhaustedError("x")}) {
    backend_.webhook.answer = failure;
    EXPECT_EQ(Deliver("{}").status / 100, 5) << failure;
  }
  backend_.webhook.answer = absl::InternalError("x");
  EXPECT_EQ(Deliver("{}").status, 500);
}

TEST_F(WebhooksTest, LobsBytesAndBothHeadersGoOnAsTheyCame) {
  fulfillment::HandleLobWebhookResponse taken;
  taken.set_outcome(fulfillment::LOB_WEBHOOK_OUTCOME_UNMATCHED);
  taken.set_event_type("letter.delivered");
  backend_.lob_webhook.answer = taken;
  const std::string body("{\n \"id\": \"evt_1\"\0\xff", 18);
  for (const char* path : {"/api/webhook/lob", "/webhook/lob"}) {
    backend_.lob_webhook.request.Clear();
    const http::Response response =
        Ask("POST", path, {{"Lob-Signature", "ab"}, {"Lob-Signature-Timestamp", "1"}}, body);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(Json(response), (json{{"status", "unmatched"}, {"event_type", "letter.delivered"}}));
    EXPECT_EQ(backend_.lob_webhook.request.payload(), body);
    EXPECT_EQ(backend_.lob_webhook.request.signature(), "ab");
    EXPECT_EQ(backend_.lob_webhook.request.timestamp(), "1");
  }
}

// Text that is no UTF-8 would spoil the message that it travels in, for all who travel with it.
TEST_F(WebhooksTest, ASignatureThatIsNoTextIsRefusedHere) {
  backend_.webhook.answer = payment::HandleStripeWebhookResponse();
  backend_.lob_webhook.answer = fulfillment::HandleLobWebhookResponse();
  for (const char* signature : {"t=1,v1=\xff", "t=1,v1=\xc3\xa9", "t=1\tv1=ab"}) {
    for (const auto& [path, header] : {std::pair{"/api/webhook/stripe", "Stripe-Signature"},
                                       std::pair{"/api/webhook/lob", "Lob-Signature"},
                                       std::pair{"/api/webhook/lob", "Lob-Signature-Timestamp"}}) {
      const http::Response response = Ask("POST", path, {{header, signature}}, "{}");
      EXPECT_EQ(response.status, 400) << signature;
      EXPECT_EQ(Json(response)["code"], "invalid_signature") << header;
    }
  }
}

TEST_F(WebhooksTest, LobDeliversAgainAfterA5xxOnly) {
  using absl::StatusCode;
  for (const char* reason : {"invalid_signature", "malformed_event"}) {
    backend_.lob_webhook.answer = rpc::Error(StatusCode::kInvalidArgument, reason);
    EXPECT_EQ(Ask("POST", "/api/webhook/lob", {}, "{}").status, 400) << reason;
  }
  for (const absl::Status& failure : {absl::UnavailableError("x"), absl::DeadlineExceededError("x"),
                                      absl::AbortedError("x"), absl::InternalError("x")}) {
    backend_.lob_webhook.answer = failure;
    EXPECT_EQ(Ask("POST", "/api/webhook/lob", {}, "{}").status / 100, 5) << failure;
  }
}

TEST_F(WebhooksTest, HealthTellsOfLobToo) {
  fulfillment::GetStatusResponse mail;
  mail.mutable_last_event_age()->set_seconds(34);
  backend_.fulfillment_status = mail;
  probe_.RunOnce();
  json health = Json(Ask("GET", "/api/webhook/health"));
  EXPECT_EQ(health["status"], "ok");
  EXPECT_GE(health["lob"]["last_event_age_seconds"], 34);
  EXPECT_EQ(health["lob"]["failures_last_hour"], 0);

  mail.set_webhook_failures_last_hour(2);
  backend_.fulfillment_status = mail;
  probe_.RunOnce();
  health = Json(Ask("GET", "/api/webhook/health"));
  EXPECT_EQ(health["status"], "degraded");
  EXPECT_EQ(health["lob"]["failures_last_hour"], 2);
  EXPECT_EQ(health["failures_last_hour"], 0) << "Stripe's are fine";

  backend_.fulfillment_status = absl::UnavailableError("x");
  probe_.RunOnce();
  EXPECT_EQ(Json(Ask("GET", "/api/webhook/health"))["lob"], nullptr);
}

TEST_F(WebhooksTest, HealthTellsAgeAndFailures) {
  EXPECT_EQ(Ask("GET", "/api/webhook/health").status, 503) << "before the first probe";
  payment::GetStatusResponse status;
  status.mutable_last_event_age()->set_seconds(12);
  backend_.payment_status = status;
  probe_.RunOnce();
  json health = Json(Ask("GET", "/webhook/health"));
  EXPECT_EQ(health["status"], "ok");
  EXPECT_GE(health["last_event_age_seconds"], 12);
  EXPECT_EQ(health["failures_last_hour"], 0);

  status.Clear();
  status.set_webhook_failures_last_hour(3);
  backend_.payment_status = status;
  probe_.RunOnce();
  health = Json(Ask("GET", "/webhook/health"));
  EXPECT_EQ(health["status"], "degraded");
  EXPECT_EQ(health["last_event_age_seconds"], nullptr);
  EXPECT_EQ(health["failures_last_hour"], 3);
}

TEST_F(WebhooksTest, RetryWithoutConfiguredTokensIsUnavailableToEverybody) {
  const http::Response response =
      Ask("POST", "/api/webhook/retry-fulfillment/cs_test_1", {Bearer("anything")});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Json(response)["code"], "operator_access_not_configured");
}

}  // namespace
}  // namespace fsft::gateway
