#include "shared/rpc/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <utility>

#include "shared/config/config.h"
#include "shared/rpc/connection.h"
#include "shared/rpc/grpc_log.h"
#include "shared/rpc/grpc_time.h"
#include "shared/rpc/tls.h"

namespace fsft::rpc {
namespace {

// Calls that outlive their connection's age get this long to end.
constexpr std::chrono::milliseconds kConnectionAgeGrace = std::chrono::seconds(60);
constexpr std::chrono::seconds kLastResort{5};

// The reflection library adds itself to every server of a program that links it. This takes it out
// again.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const std::string reflection = grpc::reflection::ProtoServerReflectionPlugin().name();
    std::erase_if(*plugins, [&](const auto& plugin) { return plugin->name() == reflection; });
  }
};

void SetLimits(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.SetMaxReceiveMessageSize(options.max_receive_bytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, options.kept_threads);
  builder.SetResourceQuota(grpc::ResourceQuota().SetMaxThreads(options.max_threads));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // Without this two processes may share a port unawares, each serving half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

void SetConnectionTimes(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveInterval));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(kShortestPingInterval));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             Milliseconds(options.max_connection_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             Milliseconds(kConnectionAgeGrace));
}

}  // namespace

ServerOptions ServerOptionsOf(const config::Config& config) {
  ServerOptions options;
  options.address = config.grpc_address;
  options.tls_directory = config.tls_dir;
  options.reflection = config.grpc_reflection;
  return options;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<grpc::Service*>& services) {
  RouteGrpcLogs();
  if (absl::Status status = CheckTlsFiles(options.tls_directory); !status.ok()) return status;
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address,
                           ServerCredentials(options.tls_directory, options.tls_refresh), &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  SetLimits(builder, options);
  SetConnectionTimes(builder, options);
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());

  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return absl::UnavailableError("cannot listen on gRPC address " + options.address);
  }
  return std::unique_ptr<Server>(new Server(std::move(server), port));
}

Server::Server(std::unique_ptr<grpc::Server> server, int port)
    : server_(std::move(server)), port_(port) {
  SetServing(false);
}

Server::~Server() { Shutdown(In(kLastResort)); }

void Server::SetServing(bool serving) {
  serving_ = serving;
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void Server::Shutdown(Deadline deadline) {
  if (stopped_.exchange(true)) return;
  SetServing(false);
  server_->Shutdown(ToGrpcTime(deadline));
  server_->Wait();
}

}  // namespace fsft::rpc
