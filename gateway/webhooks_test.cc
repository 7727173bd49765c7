#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "gateway/gateway_fixture.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
namespace common = fightsftickets::common::v1;

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

class RetryTest : public GatewayTest {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "retry-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const auto hash = [](std::string_view token) {
      return crypto::HexEncode(crypto::Sha256(token));
    };
    std::ofstream(folder + "/tokens")
        << "ann:read+retry:" << hash("right") << "\nbob:read:" << hash("reader") << "\n";
    tokens_.emplace(folder + "/tokens");
    with_tokens_.emplace(Routes(), Services{backend_, probe_}, *tokens_, metrics_);
    backend_.get_order.answer = PaidOrder();
  }

  http::Response Retry(std::vector<http::Header> headers,
                       const std::string& session = "cs_test_1") {
    http::Request head{.method = "POST",
                       .path = "/api/webhook/retry-fulfillment/" + session,
                       .headers = std::move(headers),
                       .body = {},
                       .remote_addr = {}};
    return with_tokens_->Begin(std::move(head), {})->Answer("");
  }

  void Answer(fulfillment::RetryOutcome outcome, common::DeliveryState state) {
    fulfillment::RetryResponse response;
    response.set_outcome(outcome);
    response.set_state(state);
    backend_.retry.answer = response;
  }

  std::optional<AdminTokens> tokens_;
  std::optional<Gateway> with_tokens_;
};

TEST_F(RetryTest, NeedsAnOperatorsTokenWithTheScope) {
  EXPECT_EQ(Retry({}).status, 401);
  EXPECT_EQ(Retry({Bearer("wrong")}).status, 401);
  const http::Response refused = Retry({Bearer("reader")});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Json(refused)["code"], "scope_missing");
  EXPECT_EQ(backend_.get_order.calls + backend_.retry.calls, 0);
}

TEST_F(RetryTest, QueuesUnderTheOperatorsName) {
  Answer(fulfillment::RETRY_OUTCOME_QUEUED, common::DELIVERY_STATE_QUEUED);
  const http::Response response = Retry({Bearer("right")});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response),
            (json{{"status", "queued"}, {"state", "queued"}, {"payment_id", kPaymentId}}));
  EXPECT_EQ(backend_.retry.request.actor(), "ann");
  EXPECT_EQ(backend_.retry.request.payment_id(), kPaymentId);
}

TEST_F(RetryTest, TellsWhatIsUnderWayOrDone) {
  Answer(fulfillment::RETRY_OUTCOME_IN_PROGRESS, common::DELIVERY_STATE_OUTCOME_UNKNOWN);
  EXPECT_EQ(Json(Retry({Bearer("right")}))["status"], "in_progress");
  EXPECT_EQ(Json(Retry({Bearer("right")}))["state"], "outcome_unknown");
  Answer(fulfillment::RETRY_OUTCOME_ALREADY_FULFILLED, common::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(Json(Retry({Bearer("right")}))["status"], "already_fulfilled");
}

TEST_F(RetryTest, AnOrderStillInPaymentsOutboxIsInProgress) {
  backend_.retry.answer = rpc::Error(absl::StatusCode::kNotFound, "letter_not_found");
  const http::Response response = Retry({Bearer("right")});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response)["status"], "in_progress");
  EXPECT_EQ(Json(response)["state"], "not_queued");
}

TEST_F(RetryTest, WhatMustNotBeMailedIsAConflict) {
  const std::pair<payment::PaymentState, const char*> states[] = {
      {payment::PAYMENT_STATE_PENDING, "pending"},
      {payment::PAYMENT_STATE_EXPIRED, "expired"},
      {payment::PAYMENT_STATE_FAILED, "failed"},
      {payment::PAYMENT_STATE_REVIEW, "in_review"}};
  for (const auto& [state, code] : states) {
    payment::GetOrderResponse order = PaidOrder();
    order.set_payment_state(state);
    backend_.get_order.answer = order;
    const http::Response response = Retry({Bearer("right")});
    EXPECT_EQ(response.status, 409) << code;
    EXPECT_EQ(Json(response)["code"], code);
  }
  EXPECT_EQ(backend_.retry.calls, 0);

  backend_.get_order.answer = PaidOrder();
  backend_.retry.answer = rpc::Error(absl::StatusCode::kFailedPrecondition, "needs_new_generation");
  EXPECT_EQ(Json(Retry({Bearer("right")}))["code"], "needs_new_generation");
}

TEST_F(RetryTest, StatusShowsNumbersToOperatorsOnly) {
  fulfillment::GetStatusResponse mail;
  mail.set_mail_mode("test");
  mail.set_waiting_orders(4);
  mail.mutable_oldest_waiting()->set_seconds(90);
  backend_.fulfillment_status = mail;
  probe_.RunOnce();
  const auto status = [&](std::vector<http::Header> headers) {
    return with_tokens_
        ->Begin({.method = "GET",
                 .path = "/status",
                 .headers = std::move(headers),
                 .body = {},
                 .remote_addr = {}},
                {})
        ->Answer("");
  };
  EXPECT_FALSE(Json(status({})).contains("numbers"));
  const json numbers = Json(status({Bearer("reader")}))["numbers"];
  EXPECT_EQ(numbers["waiting_orders"], 4);
  EXPECT_EQ(numbers["oldest_waiting_seconds"], 90);
  EXPECT_EQ(status({Bearer("wrong")}).status, 401);
}

}  // namespace
}  // namespace fsft::gateway
