#include "shared/rpc/test_suite.h"

namespace fsft::rpc {

void RpcTest::StartServer() {
  if (options_.address.empty()) options_.address = "127.0.0.1:0";
  if (options_.tls_directory.empty()) options_.tls_directory = Directory("intake");
  options_.tls_refresh = std::chrono::seconds(1);
  environment_ = std::make_unique<GuardEnvironment>(metrics_, limits_);
  orders_ = std::make_unique<TestOrders>(*environment_);
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options_, {orders_.get()});
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  target_ = "127.0.0.1:" + std::to_string(server_->port());
}

std::shared_ptr<const Channels> RpcTest::ChannelsAs(const std::string& name) {
  if (!std::filesystem::exists(Directory(name))) authority_.Issue(Directory(name), name);
  ChannelsOptions options;
  options.target = target_;
  options.expected_name = "intake";
  options.tls_directory = Directory(name);
  options.tls_refresh = std::chrono::seconds(1);
  absl::StatusOr<std::shared_ptr<const Channels>> channels = Channels::Open(options, metrics_);
  EXPECT_TRUE(channels.ok()) << channels.status();
  return *channels;
}

metrics::Counter& RpcTest::Repeats() {
  return metrics_.AddCounter("rpc_client_repeats_total", "", {{"to", "intake"}});
}

}  // namespace fsft::rpc
