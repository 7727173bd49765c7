#include <pthread.h>
#include <signal.h>

#include <fstream>
#include <iostream>

#include "tests/sandbox/options.h"
#include "tests/sandbox/sandbox.h"

namespace {

using fsft::sandbox::Options;
using fsft::sandbox::Sandbox;

int Fail(const absl::Status& status) {
  std::cerr << "sandbox: " << status.message() << std::endl;
  return 1;
}

// Before any thread exists, so that all inherit it and only sigwait sees the signal.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

absl::Status WritePort(const std::string& path, int port) {
  std::ofstream file(path);
  file << port << std::endl;
  return file ? absl::OkStatus() : absl::UnavailableError("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
  const absl::StatusOr<Options> options =
      fsft::sandbox::ParseOptions(std::vector<std::string>(argv + 1, argv + argc));
  if (!options.ok()) return Fail(options.status());
  if (options->help) {
    std::cout << fsft::sandbox::Usage();
    return 0;
  }
  const sigset_t signals = BlockStopSignals();
  Sandbox sandbox(*options);
  if (const absl::Status status = sandbox.Start(); !status.ok()) return Fail(status);
  std::cout << "listening on " << sandbox.url() << std::endl;
  if (!options->port_file.empty()) {
    const absl::Status status = WritePort(options->port_file, sandbox.port());
    if (!status.ok()) return Fail(status);
  }
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
