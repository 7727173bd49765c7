#include "shared/rpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/synchronization/notification.h"
#include "shared/rpc/health.h"
#include "shared/rpc/pending_call.h"
#include "shared/rpc/status.h"
#include "shared/rpc/test_suite.h"

namespace fsft::rpc {
namespace {

using intake_v1::PutRequest;
using testing::HasSubstr;

class ServerTest : public RpcTest {
 protected:
  // Asks the reflection service for nothing in particular.
  absl::Status AskReflection() {
    PendingCall call(In(kPatience));
    const grpc::Slice nothing("");
    const grpc::ByteBuffer request(&nothing, 1);
    grpc::ByteBuffer response;
    grpc::GenericStub stub(ChannelsAs("payment")->all().front());
    stub.UnaryCall(call.context(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                   {}, &request, &response, call.Done());
    return call.Wait();
  }
};

TEST_F(ServerTest, IsNotServingUntilItIsTold) {
  StartServer();
  const auto channels = ChannelsAs("gateway");
  EXPECT_EQ(CheckHealth(*channels, In(kPatience)).code(), absl::StatusCode::kUnavailable);
  server_->SetServing(true);
  EXPECT_TRUE(CheckHealth(*channels, In(kPatience)).ok());
  server_->SetServing(false);
  EXPECT_EQ(CheckHealth(*channels, In(kPatience)).code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, LetsRunningCallsEndBeforeShutdownReturns) {
  StartServer();
  server_->SetServing(true);
  absl::Notification inside, leave;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    inside.Notify();
    leave.WaitForNotification();
    return absl::OkStatus();
  };
  const OrdersClient client = ClientAs("payment");
  std::future<absl::Status> running = std::async(std::launch::async, [&] { return Put(client); });
  inside.WaitForNotification();
  std::future<void> shutdown =
      std::async(std::launch::async, [&] { server_->Shutdown(In(kPatience)); });
  // The port is closed only after health has said so.
  const auto channels = ChannelsAs("gateway");
  while (CheckHealth(*channels, In(kPatience)).ok()) {
  }
  EXPECT_FALSE(server_->serving());
  EXPECT_EQ(shutdown.wait_for(std::chrono::seconds(0)), std::future_status::timeout);

  leave.Notify();
  EXPECT_TRUE(running.get().ok());
  shutdown.get();
  EXPECT_EQ(Put(ClientAs("payment")).code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, CancelsCallsThatOutliveTheShutdownsDeadline) {
  StartServer();
  absl::Notification inside;
  orders_->cancellable_work = [&](const grpc::ServerContext& context) {
    inside.Notify();
    while (!context.IsCancelled()) std::this_thread::yield();
    return absl::OkStatus();
  };
  const OrdersClient client = ClientAs("payment");
  std::future<absl::Status> running = std::async(std::launch::async, [&] { return Put(client); });
  inside.WaitForNotification();
  server_->Shutdown(In(std::chrono::milliseconds(1)));
  EXPECT_FALSE(running.get().ok());
}

TEST_F(ServerTest, RefusesAMessageAboveItsLimit) {
  options_.max_receive_bytes = 1024;
  StartServer();
  PutRequest request;
  request.add_orders()->set_intake_id(std::string(2048, 'x'));
  EXPECT_EQ(Put(ClientAs("payment"), request).code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(ServerTest, ReflectionIsOffByDefault) {
  StartServer();
  EXPECT_EQ(AskReflection().code(), absl::StatusCode::kUnimplemented);
}

TEST_F(ServerTest, ReflectionCanBeSwitchedOn) {
  options_.reflection = true;
  StartServer();
  EXPECT_TRUE(AskReflection().ok());
}

TEST_F(ServerTest, DoesNotShareAPortWithAnother) {
  StartServer();
  ServerOptions options = options_;
  options.address = target_;
  EXPECT_EQ(Server::Start(options, {}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, DoesNotStartWithoutUsableCertificates) {
  options_.tls_directory = Directory("nowhere");
  options_.address = "127.0.0.1:0";
  const absl::Status status = Server::Start(options_, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("ca.crt"));
}

}  // namespace
}  // namespace fsft::rpc
