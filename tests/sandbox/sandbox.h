#pragma once

#include <memory>

#include "absl/status/status.h"
#include "tests/sandbox/options.h"

namespace fsft::sandbox {

// The whole program but its main: tests run it in their own process.
class Sandbox {
 public:
  explicit Sandbox(Options options);
  ~Sandbox();  // stops

  // Listens and serves. kUnavailable when the port is taken.
  absl::Status Start();
  int port() const;
  std::string url() const;  // http://127.0.0.1:PORT
  int smtp_port() const;    // where emails are taken; 0 when none are

  // Lets go of everything that is held and ends within a moment.
  void Stop();

 private:
  class Running;

  const Options options_;
  std::unique_ptr<Running> running_;
};

}  // namespace fsft::sandbox
