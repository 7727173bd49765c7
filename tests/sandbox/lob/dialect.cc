#include "tests/sandbox/lob/dialect.h"

#include "shared/crypto/encoding.h"
#include "tests/sandbox/lob/errors.h"
#include "tests/sandbox/random_id.h"

namespace fsft::sandbox::lob {
namespace {

std::string CodeOf(int status) {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 409:
      return "conflict";
    case 429:
      return "rate_limit_exceeded";
    case 503:
      return "service_unavailable";
    default:
      return status >= 500 ? "internal_server_error" : "invalid";
  }
}

}  // namespace

void LobDialect::Authenticate(const Call& call) const {
  const std::string_view header = call.Header("authorization");
  if (!header.starts_with("Basic ")) Refuse(401, "unauthorized", "Missing authentication");
  const absl::StatusOr<std::string> pair = crypto::Base64Decode(header.substr(6));
  const std::string user = pair.ok() ? pair->substr(0, pair->find(':')) : "";
  // A live key has no business here: whoever sends one is pointed at the wrong address.
  if (!user.starts_with("test_") || user.size() < 8 || !accepted_key_.Takes(user)) {
    Refuse(401, "invalid_api_key",
           "Your API key is not valid. Please sign up on lob.com to get a valid api key.");
  }
}

Answer LobDialect::Malformed(const std::string& message) const {
  return ErrorAnswer(422, "invalid", message);
}

Answer LobDialect::NotFound(const Call&) const {
  return ErrorAnswer(404, "unrecognized_endpoint", "The requested endpoint does not exist");
}

Answer LobDialect::Failed(int status) const {
  return ErrorAnswer(status, CodeOf(status), "The sandbox was told to fail.");
}

Answer LobDialect::KeyInFlight(const std::string&) const {
  return ErrorAnswer(409, "conflict", "A request with this idempotency key is in progress");
}

Answer LobDialect::KeyReused(const std::string&) const {
  return ErrorAnswer(422, "invalid",
                     "This idempotency key was used with different parameters before");
}

Headers LobDialect::CommonHeaders(const Call&, bool replayed) const {
  Headers headers = {{"X-Request-Id", RandomHexId("", 32)}};
  if (replayed) headers.emplace_back("Idempotent-Replayed", "true");
  return headers;
}

}  // namespace fsft::sandbox::lob
