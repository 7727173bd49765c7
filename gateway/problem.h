// Errors as every client of the gateway sees them: RFC 9457, application/problem+json.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/http/message.h"

namespace fsft::gateway {

// One field of a JSON body that was refused.
struct FieldError {
  std::string field;
  std::string code;
  std::string message;
};

struct Problem {
  int status = 500;
  // For programs: stable snake_case.
  std::string code;
  // For people: one English sentence, never a value that was sent. Existing frontends show it.
  std::string detail;
  std::vector<FieldError> errors = {};
  // What the client may need to go on: "payment_id", "intake_id", "draft_id".
  std::vector<std::pair<std::string, std::string>> ids = {};
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  // The methods a 405 lists, e.g. "GET, HEAD, OPTIONS".
  std::string allow = {};
};

// The answer, with the request id of the current logging context in its body. Sets Retry-After,
// Allow and WWW-Authenticate where HTTP wants them.
http::Response ToResponse(const Problem& problem);

}  // namespace fsft::gateway
