#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace fsft::metrics {
class Registry;
}

namespace fsft::app {

// The port for probes and scrapers, never for customers: plain HTTP, one request per connection,
// few threads.
//   GET /metrics        Prometheus' text format, with fsft_ready: what /health/ready would answer
//   GET /health         200 while the process lives
//   GET /health/ready   200 while a ReadyScope says yes, else 503: before the program is up, and
//                       while it drains
class OpsServer {
 public:
  explicit OpsServer(metrics::Registry& metrics);
  ~OpsServer();

  // Listens on "host:port"; port 0 takes a free one. kInvalidArgument: not an address;
  // kUnavailable: cannot be listened on.
  absl::Status Start(const std::string& address);
  // The port it listens on; 0 before Start().
  int port() const;

 private:
  friend class ReadyScope;
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

// Says whether the program can answer, for as long as it lives: declare it after all that `ready`
// looks at. `ready` is called on another thread, and never after the destructor has returned. It
// must answer at once.
class ReadyScope {
 public:
  ReadyScope(OpsServer& ops, std::function<bool()> ready);
  ~ReadyScope();
  ReadyScope(const ReadyScope&) = delete;
  ReadyScope& operator=(const ReadyScope&) = delete;

 private:
  OpsServer& ops_;
};

}  // namespace fsft::app
