#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/rpc/deadline.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace fsft::config {
struct Config;
}

// The gRPC side of a service. Its main, complete:
//
//   #include "shared/app/app.h"
//   #include "shared/rpc/guard.h"
//   #include "shared/rpc/server.h"
//
//   absl::Status Serve(fsft::app::App& app) {
//     fsft::rpc::GuardEnvironment guards(app.metrics());
//     fsft::intake::OrdersHandler orders(guards, store);  // keeps a ServiceGuard
//     auto server = fsft::rpc::Server::Start(fsft::rpc::ServerOptionsOf(app.config()), {&orders});
//     if (!server.ok()) return server.status();
//     const fsft::app::ReadyScope ready(app.ops(), [&] { return (*server)->serving(); });
//     (*server)->SetServing(true);
//     app.WaitForSignal();
//     (*server)->Shutdown(fsft::rpc::In(std::chrono::seconds(10)));
//     return absl::OkStatus();
//   }
//
//   int main(int argc, char** argv) {
//     return fsft::app::Main(argc, argv, "intake", {"FSFT_GRPC_ADDRESS", "FSFT_TLS_DIR"}, Serve);
//   }
namespace fsft::rpc {

struct ServerOptions {
  std::string address;  // "0.0.0.0:50051"; port 0 takes a free one
  std::string tls_directory;
  std::chrono::seconds tls_refresh{5};  // how soon a replaced certificate counts
  int max_receive_bytes = 4 << 20;
  // Clients connect anew after about this long, which is how they find new replicas behind a name.
  std::chrono::milliseconds max_connection_age = std::chrono::minutes(10);
  // A last resort, well above what the gates let in: beyond it gRPC refuses calls by itself, and
  // badly.
  int max_threads = 512;
  // Threads that wait for the next call and are kept for it. gRPC's default is two: the others of a
  // burst end with it and are made again for the next one, which costs more than the call
  // (measured: a fifth of what a look-up takes).
  int kept_threads = 64;
  bool reflection = false;
};

ServerOptions ServerOptionsOf(const config::Config& config);

// Mutual TLS only; answers the standard health service beside `services`. Synchronous: one thread
// per running call, which suits handlers that wait for a database.
class Server {
 public:
  // Listens and answers at once, with health NOT_SERVING. kInvalidArgument: the TLS files cannot be
  // used; kUnavailable: the address cannot be listened on. `services` outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<grpc::Service*>& services);
  // Shuts down with a short deadline if Shutdown() was not called.
  ~Server();

  int port() const { return port_; }

  // What the health service says. True once everything that the handlers need is there.
  void SetServing(bool serving);
  bool serving() const { return serving_; }

  // In order: health NOT_SERVING; no new calls (clients are told to go elsewhere); running calls
  // may end until `deadline`, then they are cancelled; returns when their handlers have returned.
  // Once.
  void Shutdown(Deadline deadline);

 private:
  Server(std::unique_ptr<grpc::Server> server, int port);

  const std::unique_ptr<grpc::Server> server_;
  const int port_;
  std::atomic<bool> serving_{false};
  std::atomic<bool> stopped_{false};
};

}  // namespace fsft::rpc
