#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
}

namespace fsft::config {
struct Config;
}

namespace fsft::metrics {
class Counter;
class Registry;
}  // namespace fsft::metrics

namespace fsft::rpc {

struct ChannelsOptions {
  // "dns:///intake:50051" (all addresses behind the name, in turn) or "127.0.0.1:50051".
  std::string target;
  // The name that the server's certificate must carry, whatever the address: "intake".
  std::string expected_name;
  std::string tls_directory;
  std::chrono::seconds tls_refresh{5};
  // One HTTP/2 connection per channel and address. One alone is a bottleneck: all its calls pass
  // through one lock.
  int channels = 4;
  int max_receive_bytes = 4 << 20;
};

// `target` is one of the FSFT_..._TARGET values, `expected_name` the program behind it.
ChannelsOptions ChannelsOptionsOf(const config::Config& config, std::string target,
                                  std::string expected_name);

// The connections to one service, made at first use and made anew when they break. Thread-safe;
// shared by all clients of that service in a process.
class Channels {
 public:
  // kInvalidArgument: the TLS files cannot be used. A server that is not there is no error here.
  // `metrics` counts rpc_client_repeats_total{to}, by the expected name, and outlives the channels.
  static absl::StatusOr<std::shared_ptr<const Channels>> Open(const ChannelsOptions& options,
                                                              metrics::Registry& metrics);

  Channels(std::vector<std::shared_ptr<grpc::Channel>> channels, metrics::Counter& repeats);
  ~Channels();

  const std::vector<std::shared_ptr<grpc::Channel>>& all() const { return channels_; }
  // The index of the channel whose turn it is, or of the next one with a connection while that has
  // none: after a restart of the server each channel finds it again at its own time, and a call on
  // one that has not yet would fail. Without any connection, whose turn it is.
  size_t NextIndex() const;
  // A client makes a call again.
  void CountRepeat() const;

 private:
  const std::vector<std::shared_ptr<grpc::Channel>> channels_;
  metrics::Counter& repeats_;
  mutable std::atomic<size_t> next_{0};
};

}  // namespace fsft::rpc
