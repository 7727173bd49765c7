// The gateway's channels over real TLS, to servers that answer what the services may.
#include "gateway/rpc_backend.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>

#include "absl/synchronization/notification.h"
#include "fightsftickets/fulfillment/v1/letters.grpc.pb.h"
#include "fightsftickets/intake/v1/intake.grpc.pb.h"
#include "fightsftickets/payment/v1/payments.grpc.pb.h"
#include "gateway/gathered_methods.h"
#include "shared/config/config.h"
#include "shared/rpc/server.h"
#include "shared/rpc/status.h"
#include "shared/rpc/test_certificates.h"

namespace fsft::gateway {
namespace {

// A letter of as many bytes as the test wants.
class Letters final : public fulfillment::LettersService::Service {
 public:
  grpc::Status GetLetter(grpc::ServerContext*, const fulfillment::GetLetterRequest*,
                         fulfillment::GetLetterResponse* response) override {
    response->set_pdf(std::string(bytes, 'x'));
    return grpc::Status::OK;
  }

  size_t bytes = 0;
};

// Orders as the test wants them, and what was asked.
class Payments final : public payment::PaymentsService::Service {
 public:
  grpc::Status GetOrder(grpc::ServerContext*, const payment::GetOrderRequest*,
                        payment::GetOrderResponse* response) override {
    ++alone;
    response->set_payment_id("alone");
    return grpc::Status::OK;
  }
  grpc::Status GetOrders(grpc::ServerContext*, const payment::GetOrdersRequest* request,
                         payment::GetOrdersResponse* response) override {
    if (is_older) return {grpc::StatusCode::UNIMPLEMENTED, ""};
    for (int i = 0; i < request->orders_size(); ++i) *response->add_orders() = found;
    return grpc::Status::OK;
  }

  // The first one, where the test wants it, is held until some others have come together.
  grpc::Status HandleStripeWebhook(grpc::ServerContext*, const payment::HandleStripeWebhookRequest*,
                                   payment::HandleStripeWebhookResponse* response) override {
    if (alone++ == 0 && holds_first) came_together.WaitForNotification();
    response->set_event_type("alone");
    return grpc::Status::OK;
  }
  grpc::Status HandleStripeWebhooks(grpc::ServerContext*,
                                    const payment::HandleStripeWebhooksRequest* request,
                                    payment::HandleStripeWebhooksResponse* response) override {
    if (!came_together.HasBeenNotified()) came_together.Notify();
    if (is_older) return {grpc::StatusCode::UNIMPLEMENTED, ""};
    if (cannot_read) return {grpc::StatusCode::INTERNAL, ""};
    for (int i = 0; i < request->webhooks_size(); ++i) *response->add_webhooks() = handled;
    return grpc::Status::OK;
  }

  payment::FoundOrder found;
  payment::HandledStripeWebhook handled;
  bool is_older = false;
  bool cannot_read = false;
  bool holds_first = false;
  absl::Notification came_together;
  std::atomic<int> alone = 0;
};

// Appeals as the test wants them; the first one is held until some others have come together.
class Appeals final : public intake::IntakeService::Service {
 public:
  grpc::Status SubmitAppeal(grpc::ServerContext*, const intake::SubmitAppealRequest* request,
                            intake::SubmitAppealResponse* response) override {
    if (alone++ == 0) came_together.WaitForNotification();
    response->set_intake_id("alone");
    response->set_citation_number(request->idempotency_key());
    return grpc::Status::OK;
  }
  grpc::Status SubmitAppeals(grpc::ServerContext*, const intake::SubmitAppealsRequest* request,
                             intake::SubmitAppealsResponse* response) override {
    if (!came_together.HasBeenNotified()) came_together.Notify();
    if (is_busy) {
      turned_away += request->appeals_size();
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, ""};
    }
    for (const intake::SubmitAppealRequest& appeal : request->appeals()) {
      auto& answer = *response->add_appeals();
      if (!stores_together) continue;
      answer.mutable_stored()->set_intake_id("together");
      answer.mutable_stored()->set_citation_number(appeal.idempotency_key());
    }
    return grpc::Status::OK;
  }

  bool stores_together = true;
  bool is_busy = false;
  std::atomic<int> turned_away = 0;
  absl::Notification came_together;
  std::atomic<int> alone = 0;
};

class RpcBackendTest : public testing::Test {
 protected:
  RpcBackendTest() {
    authority_.Issue(temporary_.path() / "fulfillment", "fulfillment");
    authority_.Issue(temporary_.path() / "gateway", "gateway");
    rpc::ServerOptions options;
    options.address = "127.0.0.1:0";
    options.tls_directory = temporary_.path() / "fulfillment";
    server_ = *rpc::Server::Start(options, {&letters_});
    authority_.Issue(temporary_.path() / "payment", "payment");
    options.tls_directory = temporary_.path() / "payment";
    payment_server_ = *rpc::Server::Start(options, {&payments_});

    authority_.Issue(temporary_.path() / "intake", "intake");
    options.tls_directory = temporary_.path() / "intake";
    intake_server_ = *rpc::Server::Start(options, {&appeals_});

    config::Config config;
    config.tls_dir = temporary_.path() / "gateway";
    config.fulfillment_target = "127.0.0.1:" + std::to_string(server_->port());
    config.intake_target = "127.0.0.1:" + std::to_string(intake_server_->port());
    config.payment_target = "127.0.0.1:" + std::to_string(payment_server_->port());
    backend_ = *OpenRpcBackend(config, metrics_);
  }

  absl::StatusOr<fulfillment::GetLetterResponse> GetLetter(size_t bytes) {
    letters_.bytes = bytes;
    return backend_->GetLetter({}, rpc::In(std::chrono::seconds(20)));
  }

  absl::StatusOr<payment::GetOrderResponse> GetOrder() {
    payment::GetOrderRequest request;
    request.set_session_id("cs_test_1");
    return backend_->GetOrder(request, rpc::In(std::chrono::seconds(20)));
  }

  absl::StatusOr<payment::HandleStripeWebhookResponse> Deliver(size_t bytes = 100) {
    payment::HandleStripeWebhookRequest request;
    request.set_payload(std::string(bytes, 'x'));
    return backend_->HandleStripeWebhook(request, rpc::In(std::chrono::seconds(20)));
  }

  // So many at the same time, of which the first is held until others have come together; how many
  // had which answer.
  std::map<std::string, int> DeliverMany() {
    payments_.holds_first = true;
    std::vector<std::future<absl::StatusOr<payment::HandleStripeWebhookResponse>>> deliveries;
    for (int i = 0; i < kMany; ++i) {
      deliveries.push_back(std::async(std::launch::async, [this] { return Deliver(); }));
    }
    std::map<std::string, int> answers;
    for (auto& delivery : deliveries) {
      const auto answer = delivery.get();
      ++answers[answer.ok() ? answer->event_type() : answer.status().ToString()];
    }
    return answers;
  }

  // So many at the same time; how many were stored which way, each as its own.
  std::map<std::string, int> SubmitMany() {
    std::vector<std::future<std::string>> submissions;
    for (int i = 0; i < kMany; ++i) {
      submissions.push_back(std::async(std::launch::async, [this, key = std::to_string(i)] {
        intake::SubmitAppealRequest request;
        request.set_idempotency_key(key);
        const auto stored = backend_->SubmitAppeal(request, rpc::In(std::chrono::seconds(20)));
        if (!stored.ok()) return stored.status().ToString();
        return stored->citation_number() == key ? stored->intake_id() : "another's";
      }));
    }
    std::map<std::string, int> answers;
    for (auto& submission : submissions) ++answers[submission.get()];
    return answers;
  }

  static constexpr int kMany = 9;
  rpc::TemporaryDirectory temporary_;
  rpc::TestAuthority authority_;
  Letters letters_;
  Payments payments_;
  Appeals appeals_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<rpc::Server> payment_server_;
  std::unique_ptr<rpc::Server> intake_server_;
  metrics::Registry metrics_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(RpcBackendTest, TakesALetterAsLargeAsThePrinterDoes) {
  const auto letter = GetLetter(5 << 20);
  ASSERT_TRUE(letter.ok()) << letter.status();
  EXPECT_EQ(letter->pdf().size(), 5 << 20);
}

TEST_F(RpcBackendTest, ALargerAnswerIsAnErrorAndNoCrash) {
  const absl::Status status = GetLetter(7 << 20).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "resource_exhausted");
  EXPECT_TRUE(GetLetter(1).ok()) << "the connection goes on";
}

TEST_F(RpcBackendTest, FindsAnOrderAmongThoseThatAreLookedUpTogether) {
  payments_.found.mutable_order()->set_payment_id("together");
  EXPECT_EQ(GetOrder()->payment_id(), "together");
  EXPECT_EQ(payments_.alone, 0);
}

TEST_F(RpcBackendTest, AnOrderThatIsNotThereIsNotFound) {
  const absl::Status status = GetOrder().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "order_not_found");
}

TEST_F(RpcBackendTest, AnOrderThatStripeMayKnowMoreOfIsAskedForAlone) {
  payments_.found.mutable_order()->set_payment_id("together");
  payments_.found.set_may_be_checked(true);
  EXPECT_EQ(GetOrder()->payment_id(), "alone");
  EXPECT_EQ(payments_.alone, 1);
}

TEST_F(RpcBackendTest, AnOlderPaymentServiceIsAskedOneByOne) {
  payments_.is_older = true;
  EXPECT_EQ(GetOrder()->payment_id(), "alone");
}

TEST_F(RpcBackendTest, ThePaymentOfAnIntakeIsAskedForAlone) {
  payment::GetOrderRequest request;
  request.set_intake_id("0193a000-0000-7000-8000-00000000000a");
  EXPECT_EQ(backend_->GetOrder(request, rpc::In(std::chrono::seconds(20)))->payment_id(), "alone");
}

TEST_F(RpcBackendTest, AWebhookThatComesByItselfGoesByItself) {
  payments_.handled.mutable_taken()->set_event_type("together");
  EXPECT_EQ(Deliver()->event_type(), "alone");
}

TEST_F(RpcBackendTest, WebhooksThatComeTogetherGoTogether) {
  payments_.handled.mutable_taken()->set_event_type("together");
  EXPECT_GE(DeliverMany()["together"], 2);
}

TEST_F(RpcBackendTest, WebhooksThatWereNotTakenTogetherGoAlone) {
  EXPECT_EQ(DeliverMany()["alone"], kMany);
  EXPECT_EQ(payments_.alone, kMany);
}

TEST_F(RpcBackendTest, WebhooksOfWhichOneCannotBeReadGoAlone) {
  payments_.cannot_read = true;
  EXPECT_EQ(DeliverMany()["alone"], kMany);
}

TEST_F(RpcBackendTest, AnUncommonlyLargeWebhookGoesAlone) {
  EXPECT_EQ(Deliver(1 << 20)->event_type(), "alone");
}

TEST_F(RpcBackendTest, AnOlderPaymentServiceIsBroughtWebhooksOneByOne) {
  payments_.is_older = true;
  EXPECT_EQ(DeliverMany()["alone"], kMany);
}

TEST_F(RpcBackendTest, AppealsThatComeTogetherGoTogether) {
  std::map<std::string, int> stored = SubmitMany();
  EXPECT_GE(stored["together"], 2);
  EXPECT_EQ(stored["together"] + stored["alone"], kMany);
}

TEST_F(RpcBackendTest, WhatBelongsToAnIntakeIsNotGathered) {
  intake::SubmitAppealRequest named, known, drafted;
  named.set_intake_id("0193a000-0000-7000-8000-00000000000a");
  known.set_access_token("token");
  drafted.set_draft_id("0193a000-0000-7000-8000-00000000000b");
  for (const auto* request : {&named, &known, &drafted}) {
    EXPECT_TRUE(SubmittingAppeals::GoesAlone(*request));
  }
  EXPECT_FALSE(SubmittingAppeals::GoesAlone({}));
}

// One of several that a full gate turns away must not come back at once, by itself.
TEST_F(RpcBackendTest, ARefusalOfTheCallIsToldToAll) {
  appeals_.is_busy = true;
  std::map<std::string, int> answers = SubmitMany();
  EXPECT_GE(appeals_.turned_away, 2);
  EXPECT_EQ(answers["alone"], kMany - appeals_.turned_away);
  EXPECT_EQ(appeals_.alone, answers["alone"]);
}

TEST_F(RpcBackendTest, AppealsThatWereNotStoredTogetherGoAlone) {
  appeals_.stores_together = false;
  EXPECT_EQ(SubmitMany()["alone"], kMany);
}

}  // namespace
}  // namespace fsft::gateway
