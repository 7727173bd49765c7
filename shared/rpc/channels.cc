#include "shared/rpc/channels.h"

#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "shared/config/config.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/connection.h"
#include "shared/rpc/grpc_log.h"
#include "shared/rpc/tls.h"

namespace fsft::rpc {
namespace {

// Every address behind the name gets its turn; gRPC's default would stay with the first.
constexpr char kServiceConfig[] = R"({"loadBalancingConfig":[{"round_robin":{}}]})";

// gRPC's defaults (20 s per attempt, pauses of up to 2 minutes, 30 s between look-ups of a name)
// are made for clients far away. Ours sit beside the server, and a restarted one should be found at
// once: before its neighbour is restarted, too.
constexpr std::chrono::milliseconds kConnectTimeout{2'000};
constexpr std::chrono::milliseconds kFirstReconnectPause{100};
constexpr std::chrono::milliseconds kLongestReconnectPause{250};
constexpr std::chrono::milliseconds kLookUpPause{1'000};

void SetTimes(grpc::ChannelArguments& arguments) {
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveInterval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // no limit but the interval
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Milliseconds(kConnectTimeout));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, Milliseconds(kFirstReconnectPause));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Milliseconds(kLongestReconnectPause));
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, Milliseconds(kLookUpPause));
}

grpc::ChannelArguments ArgumentsOf(const ChannelsOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetSslTargetNameOverride(options.expected_name);
  arguments.SetMaxReceiveMessageSize(options.max_receive_bytes);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // Otherwise channels to the same target quietly share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  SetTimes(arguments);
  return arguments;
}

}  // namespace

ChannelsOptions ChannelsOptionsOf(const config::Config& config, std::string target,
                                  std::string expected_name) {
  ChannelsOptions options;
  options.target = std::move(target);
  options.expected_name = std::move(expected_name);
  options.tls_directory = config.tls_dir;
  return options;
}

absl::StatusOr<std::shared_ptr<const Channels>> Channels::Open(const ChannelsOptions& options,
                                                               metrics::Registry& metrics) {
  RouteGrpcLogs();
  if (absl::Status status = CheckTlsFiles(options.tls_directory); !status.ok()) return status;
  const auto credentials = ChannelCredentials(options.tls_directory, options.tls_refresh);
  const grpc::ChannelArguments arguments = ArgumentsOf(options);
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < options.channels; ++i) {
    channels.push_back(grpc::CreateCustomChannel(options.target, credentials, arguments));
  }
  return std::make_shared<const Channels>(
      std::move(channels), metrics.AddCounter("rpc_client_repeats_total",
                                              "Calls made again because no handler had answered.",
                                              {{"to", options.expected_name}}));
}

Channels::Channels(std::vector<std::shared_ptr<grpc::Channel>> channels, metrics::Counter& repeats)
    : channels_(std::move(channels)), repeats_(repeats) {}

Channels::~Channels() = default;

size_t Channels::NextIndex() const {
  const size_t turn = next_.fetch_add(1, std::memory_order_relaxed);
  for (size_t i = 0; i < channels_.size(); ++i) {
    const size_t index = (turn + i) % channels_.size();
    // Asking makes an idle channel connect, so that one that is passed over comes back.
    if (channels_[index]->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY) return index;
  }
  return turn % channels_.size();
}

void Channels::CountRepeat() const { repeats_.Add(); }

}  // namespace fsft::rpc
