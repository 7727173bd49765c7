#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "services/fulfillment/lob/printer.h"
#include "shared/config/secret.h"
#include "shared/http/client.h"

namespace fsft::fulfillment {

// Sends one HTTP request: http::Client::Send, or a fake.
using Transport = std::function<absl::StatusOr<http::Response>(const http::Request&)>;

// Lob's POST /letters.
class LobClient final : public Printer {
 public:
  // `api_base` ends in "/v1". A key that begins with "test_" prints nothing. `timeout` is for a
  // whole request.
  LobClient(std::string api_base, config::Secret api_key, std::chrono::milliseconds timeout,
            Transport transport);

  PrintAnswer Print(const PrintJob& job) override;

 private:
  const std::string letters_url_;
  const config::Secret api_key_;
  const std::chrono::milliseconds timeout_;
  const Transport transport_;
};

}  // namespace fsft::fulfillment
