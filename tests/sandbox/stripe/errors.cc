#include "tests/sandbox/stripe/errors.h"

#include "tests/sandbox/random_id.h"

namespace fsft::sandbox::stripe {

Answer ErrorAnswer(const Error& error) {
  Json body = {{"type", error.type}, {"message", error.message}};
  if (!error.code.empty()) {
    body["code"] = error.code;
    body["doc_url"] = "https://stripe.com/docs/error-codes/" + error.code;
  }
  if (!error.param.empty()) body["param"] = error.param;
  body["request_log_url"] =
      "https://dashboard.stripe.com/test/logs/" + RandomId("req_", 14) + "?t=sandbox";
  return {error.status, {{"error", std::move(body)}}, {}};
}

void Refuse(const Error& error) { throw Refusal{ErrorAnswer(error)}; }

void RefuseInvalid(const std::string& param, const std::string& message, const std::string& code) {
  Refuse({.message = message, .code = code, .param = param});
}

void RefuseMissing(const std::string& param) {
  Refuse({.message = "Missing required param: " + param + ".",
          .code = "parameter_missing",
          .param = param});
}

void RefuseUnknown(const std::string& param, const std::string& hint) {
  const std::string suggestion = hint.empty() ? "" : ". Did you mean " + hint + "?";
  Refuse({.message = "Received unknown parameter: " + param + suggestion,
          .code = "parameter_unknown",
          .param = param});
}

void RefuseNoSuch(const std::string& what, const std::string& id, const std::string& param) {
  Refuse({.status = 404,
          .message = "No such " + what + ": '" + id + "'",
          .code = "resource_missing",
          .param = param});
}

}  // namespace fsft::sandbox::stripe
