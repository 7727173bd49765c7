// The HTTP server at the edge of the suite: cpp-httplib reads requests and writes answers, this
// class decides how long and how much.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gateway/http/exchange.h"
#include "gateway/http/ip.h"

namespace fsft::gateway::http {

// Every bound that a client can run into, whatever it asks for.
struct ServerOptions {
  // "host:port", "[::]:port"; port 0 takes a free one.
  std::string address;
  // One thread each; below the 1024 descriptors that a process usually has. For one more, that
  // which has waited for its client for the longest is closed; when all are at work, it is answered
  // 503.
  size_t max_connections = 768;
  // Of one client, see ClientNetwork; more are answered 429 and closed. 0: as many as there may be.
  size_t max_client_connections = 100;
  // Not counted: behind one of them there are many clients.
  Networks trusted_proxies = {};
  // For the bodies of all requests together, and the copies that are made of them. More are
  // answered 503.
  size_t body_memory = 48 << 20;
  // Between two requests of a connection.
  std::chrono::milliseconds idle_timeout{30'000};
  // For a request's head, from its first byte.
  std::chrono::milliseconds head_timeout{5'000};
  // For a request's body, and a second more for every 128 KiB that it promises: so long does a
  // photograph take on a poor connection.
  std::chrono::milliseconds body_timeout{20'000};
  // For an answer that the client does not take.
  std::chrono::milliseconds write_timeout{10'000};
};

class Server {
 public:
  // `application` must outlive the server.
  Server(ServerOptions options, Application& application);
  // Stops, and waits for requests under way.
  ~Server();

  // Listens and serves on threads of its own. INVALID_ARGUMENT: not an address; UNAVAILABLE: cannot
  // be listened on.
  absl::Status Start();
  int port() const;
  // While new connections are taken.
  bool accepting() const;

  // Takes no more connections, ends idle ones, and lets requests under way finish. False when some
  // have not by `deadline`: the caller ends the process, because they cannot be interrupted.
  bool Stop(std::chrono::steady_clock::time_point deadline);

 private:
  class Listener;
  const std::unique_ptr<Listener> listener_;
};

}  // namespace fsft::gateway::http
