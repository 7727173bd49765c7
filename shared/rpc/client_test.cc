#include "shared/rpc/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "shared/rpc/status.h"
#include "shared/rpc/test_suite.h"

namespace fsft::rpc {
namespace {

using intake_v1::PutRequest;

class ClientTest : public RpcTest {};

TEST_F(ClientTest, FailsAtOnceWhenNoServerIsThere) {
  StartServer();
  server_->Shutdown(In(kPatience));
  EXPECT_EQ(Put(ClientAs("payment"), {}, In(std::chrono::hours(1))).code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ClientTest, FindsARestartedServer) {
  StartServer();
  const auto channels = ChannelsAs("payment");
  const OrdersClient client(channels);
  ASSERT_TRUE(Put(client).ok());
  options_.address = target_;
  server_.reset();
  ASSERT_FALSE(Put(client).ok());

  StartServer();
  for (const auto& channel : channels->all()) {
    ASSERT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + kPatience));
  }
  EXPECT_TRUE(Put(client).ok());
}

TEST_F(ClientTest, GivesUpAtTheDeadline) {
  StartServer();
  orders_->cancellable_work = [](const grpc::ServerContext& context) {
    while (!context.IsCancelled()) std::this_thread::yield();
    return absl::OkStatus();
  };
  const absl::Status status = Put(ClientAs("payment"), {}, In(std::chrono::milliseconds(300)));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ClientTest, DoesNotCallWithoutTimeLeft) {
  StartServer();
  std::atomic<bool> called = false;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    called = true;
    return absl::OkStatus();
  };
  const absl::Status status = Put(ClientAs("payment"), {}, In(std::chrono::milliseconds(1)));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(DetailOf(status).reason(), "deadline_too_short");
  EXPECT_FALSE(called);
}

TEST_F(ClientTest, IsSharedByManyThreads) {
  StartServer();
  const OrdersClient client = ClientAs("payment");
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 20; ++turn) answered += Put(client).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 16 * 20);
}

TEST_F(ClientTest, UsesAllItsChannels) {
  StartServer();
  const auto channels = ChannelsAs("payment");
  const OrdersClient client(channels);
  for (size_t i = 0; i < channels->all().size(); ++i) ASSERT_TRUE(Put(client).ok());
  for (const auto& channel : channels->all()) {
    EXPECT_EQ(channel->GetState(false), GRPC_CHANNEL_READY);
  }
}

}  // namespace
}  // namespace fsft::rpc
