#include "shared/app/app.h"

#include <exception>
#include <iostream>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "shared/app/arguments.h"
#include "shared/logging/logging.h"

namespace fsft::app {
namespace {

constexpr int kSuccess = 0;
constexpr int kFailure = 1;
constexpr int kUsage = 2;

// Blocked before there is a second thread, so that every later thread inherits it and the signals
// wait for sigwait: in a handler next to nothing may be called, and not a lock be taken.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A peer that hangs up is an error of one write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// Debian builds Abseil with its assertions, and with them every mutex of it, also those inside
// gRPC, records the order of locks in one graph for the whole process, behind one lock. That is a
// debugging aid (4 % of the CPU of a small call), and our own code locks no absl::Mutex.
void StopTracingLocks() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

int RefuseConfiguration(const char* program, const absl::Status& status) {
  std::cerr << program << ": the configuration cannot be used (--help lists it):\n"
            << status.message() << "\n";
  return kUsage;
}

absl::StatusOr<config::Config> LoadConfig(std::initializer_list<std::string_view> required) {
  absl::StatusOr<config::Config> config = config::Load(config::ProcessEnvironment());
  if (!config.ok()) return config;
  if (absl::Status status = config::Require(*config, required); !status.ok()) return status;
  return config;
}

absl::Status StartOps(App& app) {
  const std::string& address = app.config().ops_address;
  if (address.empty()) return absl::OkStatus();
  absl::Status status = app.ops().Start(address);
  if (status.ok()) logging::Info("ops port open", {{"port", app.ops().port()}});
  return status;
}

absl::Status RunBody(App& app, const Body& body) {
  if (absl::Status status = StartOps(app); !status.ok()) return status;
  try {
    return body(app);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace

App::App(config::Config config, const sigset_t& stop_signals)
    : config_(std::move(config)),
      stop_signals_(stop_signals),
      process_(metrics_, kVersion),
      ops_(metrics_) {
  if (!config_.tls_dir.empty()) certificates_.emplace(metrics_, config_.tls_dir);
}

void App::WaitForSignal() const {
  int signal = 0;
  sigwait(&stop_signals_, &signal);
  logging::Info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
}

bool App::SignalWithin(std::chrono::milliseconds time) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec wait{.tv_sec = seconds.count(),
                      .tv_nsec = std::chrono::nanoseconds(time - seconds).count()};
  return sigtimedwait(&stop_signals_, nullptr, &wait) > 0;
}

int Main(int argc, char** argv, const char* program,
         std::initializer_list<std::string_view> required, const Body& body,
         const Statements& statements) {
  const sigset_t stop_signals = BlockStopSignals();
  StopTracingLocks();
  switch (ReadArguments(argc, argv)) {
    case Wish::kHelp:
      PrintHelp(program, std::cout);
      return kSuccess;
    case Wish::kVersion:
      PrintVersion(program, std::cout);
      return kSuccess;
    case Wish::kStatements:
      statements(std::cout);
      return kSuccess;
    case Wish::kUnknown:
      PrintUsage(program, std::cerr);
      return kUsage;
    case Wish::kRun:
      break;
  }
  absl::StatusOr<config::Config> config = LoadConfig(required);
  if (!config.ok()) return RefuseConfiguration(program, config.status());

  logging::Init(program, config->log_level);
  App app(*std::move(config), stop_signals);
  logging::Info("starting", {{"version", kVersion}});
  const absl::Status status = RunBody(app, body);
  if (!status.ok()) {
    logging::Error("failed",
                   {{"code", absl::StatusCodeToString(status.code())},
                    {"error", std::string_view(status.message().data(), status.message().size())}});
    return kFailure;
  }
  logging::Info("stopped");
  return kSuccess;
}

}  // namespace fsft::app
