#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "shared/app/certificate_metrics.h"
#include "shared/app/ops_server.h"
#include "shared/app/process_metrics.h"
#include "shared/config/config.h"
#include "shared/metrics/metrics.h"
#include "shared/time/clock.h"

// The life of any of our programs, so that a main() only says what it is made of:
//
//   absl::Status Serve(fsft::app::App& app) {
//     ... build pool, clients, handlers, server from app.config() ...
//     const fsft::app::ReadyScope ready(app.ops(), [&] { return server->serving(); });
//     app.WaitForSignal();
//     ... stop them in the order that is right for this program ...
//     return absl::OkStatus();
//   }
//
//   int main(int argc, char** argv) {
//     return fsft::app::Main(argc, argv, "intake", {"FSFT_DATABASE_URL", "FSFT_TLS_DIR"}, Serve);
//   }
namespace fsft::app {

// What every program has. Made by Main; lives longer than everything its body builds.
class App {
 public:
  App(config::Config config, const sigset_t& stop_signals);

  const config::Config& config() const { return config_; }
  metrics::Registry& metrics() { return metrics_; }
  const time::Clock& clock() const { return clock_; }
  OpsServer& ops() { return ops_; }

  // Returns at the first SIGTERM or SIGINT, also one that came before the call. Called once, by the
  // body; later signals change nothing, because a Ctrl-C in a terminal often brings two.
  void WaitForSignal() const;

  // Whether such a signal came within that time; for programs that wait for something else.
  bool SignalWithin(std::chrono::milliseconds time) const;

 private:
  const config::Config config_;
  const sigset_t stop_signals_;
  const time::SystemClock clock_;
  metrics::Registry metrics_;
  const ProcessMetrics process_;
  std::optional<CertificateMetrics> certificates_;
  // Last: it reads the metrics in threads of its own.
  OpsServer ops_;
};

using Body = std::function<absl::Status(App&)>;

// Writes the SQL of a program that has some.
using Statements = std::function<void(std::ostream&)>;

// Answers --help, --version and --print-statements; loads the configuration and insists on `required`; starts logging
// and, when FSFT_OPS_ADDRESS is set, the ops port; runs `body`. The result is the process's exit
// code: 0 when all went well, 1 when the body failed (the reason is in the log), 2 when arguments
// or configuration are wrong (the reasons are on stderr, a line each). `program` is a literal.
int Main(
    int argc, char** argv, const char* program, std::initializer_list<std::string_view> required,
    const Body& body, const Statements& statements = [](std::ostream&) {});

}  // namespace fsft::app
