#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "fightsftickets/intake/v1/orders.grpc.pb.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/client.h"
#include "shared/rpc/guard.h"
#include "shared/rpc/server.h"
#include "shared/rpc/test_certificates.h"

namespace fsft::rpc {

namespace intake_v1 = fightsftickets::intake::v1;

// A handler as the services have them, whose work a test supplies.
class TestOrders final : public intake_v1::OrdersService::Service {
 public:
  using Work = std::function<absl::Status(const CallContext&, const intake_v1::PutRequest&)>;
  using CancellableWork = std::function<absl::Status(const grpc::ServerContext&)>;

  explicit TestOrders(GuardEnvironment& environment)
      : guard_(environment, service_full_name(), {"payment", "gateway"}) {}

  static std::string service_full_name() { return intake_v1::OrdersService::service_full_name(); }

  grpc::Status Put(grpc::ServerContext* context, const intake_v1::PutRequest* request,
                   intake_v1::PutResponse*) override {
    return guard_.Run(*context, "Put", WorkClass::kDatabase, [&](const CallContext& call) {
      return cancellable_work ? cancellable_work(*context) : work(call, *request);
    });
  }

  Work work = [](const CallContext&, const intake_v1::PutRequest&) { return absl::OkStatus(); };
  CancellableWork cancellable_work;  // instead, when set

 private:
  ServiceGuard guard_;
};

// A real server on loopback, called "intake", and clients with real certificates.
class RpcTest : public testing::Test {
 protected:
  using OrdersClient = Client<intake_v1::OrdersService>;

  static constexpr std::chrono::seconds kPatience{20};

  RpcTest() { authority_.Issue(Directory("intake"), "intake"); }

  std::filesystem::path Directory(const std::string& name) const {
    return temporary_.path() / name;
  }

  // Change `options_` before.
  void StartServer();
  // Channels of a program with a certificate in the directory of that name, issued when there is
  // none.
  std::shared_ptr<const Channels> ChannelsAs(const std::string& name);
  OrdersClient ClientAs(const std::string& name) { return OrdersClient(ChannelsAs(name)); }
  // What all of them have called again.
  metrics::Counter& Repeats();

  static absl::Status Put(const OrdersClient& client, const intake_v1::PutRequest& request = {},
                          Deadline deadline = In(kPatience)) {
    return client.Call(&Methods<intake_v1::OrdersService>::Put, request, deadline).status();
  }

  TemporaryDirectory temporary_;
  TestAuthority authority_;
  metrics::Registry metrics_;
  GateLimits limits_;
  ServerOptions options_;
  std::string target_;
  std::unique_ptr<GuardEnvironment> environment_;
  std::unique_ptr<TestOrders> orders_;
  std::unique_ptr<Server> server_;
};

}  // namespace fsft::rpc
