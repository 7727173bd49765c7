#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/sandbox/webhooks/sender.h"

namespace fsft::sandbox {

struct Options {
  int port = 8090;         // 0: any free one
  int smtp_port = -1;      // 0: any free one; less: no mail server
  std::string port_file;   // where the port is written to; empty: nowhere
  std::string public_url;  // in links; empty: http://127.0.0.1:PORT
  WebhookEndpoint stripe;
  WebhookEndpoint lob;
  std::chrono::milliseconds retry_base{1'000};
  bool record = true;
  size_t kept_letters = 1'000;
  size_t threads = 256;  // each open connection occupies one
  bool help = false;
};

// Reads "--name value" and "--name=value". kInvalidArgument names what is wrong.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);

std::string Usage();

}  // namespace fsft::sandbox
