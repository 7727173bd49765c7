#include "tests/sandbox/stripe/dialect.h"

#include "shared/crypto/encoding.h"
#include "tests/sandbox/random_id.h"
#include "tests/sandbox/stripe/errors.h"
#include "tests/sandbox/stripe/objects.h"

namespace fsft::sandbox::stripe {
namespace {

// Bearer, or Basic with the key as user, as `curl -u` sends it.
std::string ApiKey(std::string_view header) {
  if (header.starts_with("Bearer ")) return std::string(header.substr(7));
  if (!header.starts_with("Basic ")) return "";
  const absl::StatusOr<std::string> pair = crypto::Base64Decode(header.substr(6));
  return pair.ok() ? pair->substr(0, pair->find(':')) : "";
}

[[noreturn]] void RefuseKey(const std::string& message) {
  Answer answer = ErrorAnswer({.status = 401, .message = message});
  answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Stripe\"");
  throw Refusal{std::move(answer)};
}

std::string Masked(const std::string& key) {
  return key.size() < 12 ? "****" : key.substr(0, 8) + "****" + key.substr(key.size() - 4);
}

std::string TypeOf(int status) {
  if (status == 402) return "card_error";
  return status >= 500 ? "api_error" : "invalid_request_error";
}

}  // namespace

void StripeDialect::Authenticate(const Call& call) const {
  const std::string key = ApiKey(call.Header("authorization"));
  if (key.empty()) {
    RefuseKey(
        "You did not provide an API key. You need to provide your API key in the Authorization "
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
  }
  // A live key has no business here: whoever sends one is pointed at the wrong address.
  if (!key.starts_with("sk_test_") || key.size() < 12) {
    RefuseKey("Invalid API Key provided: " + Masked(key));
  }
  if (!accepted_key_.Takes(key)) RefuseKey("Expired API Key provided: " + Masked(key));
}

Answer StripeDialect::Malformed(const std::string& message) const {
  return ErrorAnswer({.message = message});
}

Answer StripeDialect::NotFound(const Call& call) const {
  return ErrorAnswer({.status = 404,
                      .message = "Unrecognized request URL (" + call.method + ": " + call.path +
                                 "). Please see https://stripe.com/docs or we can help at "
                                 "https://support.stripe.com/."});
}

Answer StripeDialect::Failed(int status) const {
  Error error{.status = status, .type = TypeOf(status), .message = "The sandbox was told to fail."};
  if (status == 429) error.code = "rate_limit";
  if (status == 402) error.code = "card_declined";
  return ErrorAnswer(error);
}

Answer StripeDialect::KeyInFlight(const std::string& key) const {
  Answer answer = ErrorAnswer(
      {.status = 409,
       .type = "idempotency_error",
       .message = "There is currently another in-progress request using this Idempotent Key (that "
                  "probably means you submitted twice, and the other request is still going "
                  "through): " +
                  key + ". Please try again later.",
       .code = "idempotency_key_in_use"});
  answer.headers.emplace_back("Stripe-Should-Retry", "true");
  return answer;
}

Answer StripeDialect::KeyReused(const std::string& key) const {
  return ErrorAnswer({.type = "idempotency_error",
                      .message = "Keys for idempotent requests can only be used with the same "
                                 "parameters they were first used with. Try using a key other than "
                                 "'" +
                                 key + "' if you meant to execute a different request."});
}

Headers StripeDialect::CommonHeaders(const Call& call, bool replayed) const {
  const std::string_view version = call.Header("stripe-version");
  const std::string_view key = call.Header("idempotency-key");
  Headers headers = {{"Request-Id", RandomId("req_", 14)},
                     {"Stripe-Version", version.empty() ? kApiVersion : std::string(version)}};
  if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
  if (replayed) headers.emplace_back("Idempotent-Replayed", "true");
  return headers;
}

}  // namespace fsft::sandbox::stripe
