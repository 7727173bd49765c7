#include "shared/rpc/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "shared/rpc/status.h"
#include "shared/rpc/test_suite.h"

namespace fsft::rpc {
namespace {

using intake_v1::PutRequest;

class ClientTest : public RpcTest {};

TEST_F(ClientTest, FailsLongBeforeTheDeadlineWhenNoServerIsThere) {
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

TEST_F(ClientTest, RepeatsAtAnotherReplicaWhatAStoppingOneCancels) {
  StartServer();
  TestOrders neighbours_orders(*environment_);
  auto neighbour = Server::Start(options_, {&neighbours_orders});
  ASSERT_TRUE(neighbour.ok()) << neighbour.status();
  target_ = "ipv4:" + target_ + ",127.0.0.1:" + std::to_string((*neighbour)->port());
  // Whichever has the call first never answers it, and stops.
  std::atomic<Server*> first = nullptr;
  const auto work_of = [&](Server* server) {
    return [&first, server](const grpc::ServerContext& context) {
      Server* nobody = nullptr;
      if (!first.compare_exchange_strong(nobody, server)) return absl::OkStatus();
      while (!context.IsCancelled()) std::this_thread::yield();
      return absl::OkStatus();
    };
  };
  orders_->cancellable_work = work_of(server_.get());
  neighbours_orders.cancellable_work = work_of(neighbour->get());
  const OrdersClient client = ClientAs("payment");
  auto answer = std::async(std::launch::async, [&] { return Put(client); });
  while (first == nullptr) std::this_thread::yield();
  first.load()->Shutdown(In(std::chrono::seconds(0)));
  EXPECT_EQ(answer.get(), absl::OkStatus());
  EXPECT_GE(Repeats().Value(), 1);
}

TEST_F(ClientTest, WaitsForAServerThatIsJustStarting) {
  StartServer();
  const OrdersClient client = ClientAs("payment");
  ASSERT_TRUE(Put(client).ok());
  options_.address = target_;
  for (int restart = 0; restart < 3; ++restart) {
    server_.reset();
    EXPECT_FALSE(Put(client).ok());
    StartServer();
    EXPECT_EQ(Put(client), absl::OkStatus()) << "at once, and not when its connection is back";
  }
}

TEST_F(ClientTest, AServerThatCancelsAndIsGoneIsUnavailable) {
  StartServer();
  std::atomic<int> calls = 0;
  orders_->cancellable_work = [&](const grpc::ServerContext& context) {
    ++calls;
    while (!context.IsCancelled()) std::this_thread::yield();
    return absl::OkStatus();
  };
  const OrdersClient client = ClientAs("payment");
  auto answer = std::async(std::launch::async, [&] {
    return client.CallOnce(&Methods<intake_v1::OrdersService>::Put, PutRequest(), In(kPatience))
        .status();
  });
  while (calls == 0) std::this_thread::yield();
  server_->Shutdown(In(std::chrono::seconds(0)));
  EXPECT_EQ(answer.get().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(Repeats().Value(), 0);
}

TEST_F(ClientTest, DoesNotRepeatWhatAHandlerHasRefused) {
  StartServer();
  std::atomic<int> works = 0;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    ++works;
    return Error(absl::StatusCode::kUnavailable, "busy");
  };
  EXPECT_EQ(DetailOf(Put(ClientAs("payment"))).reason(), "busy");
  EXPECT_EQ(works, 1);
  EXPECT_EQ(Repeats().Value(), 0);
}

TEST_F(ClientTest, CountsEveryTimeThatItCallsAgain) {
  StartServer();
  const OrdersClient client = ClientAs("payment");
  ASSERT_TRUE(Put(client).ok());
  EXPECT_EQ(Repeats().Value(), 0);
  server_->Shutdown(In(kPatience));
  EXPECT_FALSE(Put(client).ok());
  EXPECT_EQ(Repeats().Value(), 3) << "once after each pause";
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
  ASSERT_TRUE(Put(client).ok());
  std::set<size_t> turns;
  for (const auto& channel : channels->all()) {
    EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + kPatience));
  }
  for (size_t i = 0; i < channels->all().size(); ++i) turns.insert(channels->NextIndex());
  EXPECT_EQ(turns.size(), channels->all().size());
}

TEST_F(ClientTest, PassesOverAChannelThatHasNoConnection) {
  StartServer();
  const auto connected = ChannelsAs("payment")->all()[0];
  connected->GetState(/*try_to_connect=*/true);
  ASSERT_TRUE(connected->WaitForConnected(std::chrono::system_clock::now() + kPatience));
  // Nobody listens on the first port.
  const auto lost = grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
  const OrdersClient client(std::make_shared<const Channels>(
      std::vector<std::shared_ptr<grpc::Channel>>{lost, connected}, Repeats()));
  for (int call = 0; call < 4; ++call) EXPECT_TRUE(Put(client).ok());
}

}  // namespace
}  // namespace fsft::rpc
