#pragma once

#include <string_view>

#include "shared/http/client.h"

namespace fsft::payment {

// What Stripe's answer to the creation of something (a session, a refund) says about that thing.
enum class CreateVerdict {
  kCreated,
  // There may be one, or not: no answer, or a failure. The same request asks again.
  kUnknown,
  // A failure that Stripe keeps under the key: the same request will never be answered otherwise,
  // and whether there is one only a list tells.
  kStoredFailure,
  // The first request with this key is still at work.
  kInFlight,
  // Nothing was done: too many requests.
  kSlowDown,
  // Nothing was done, and never will be under this key.
  kRefused,
};

CreateVerdict VerdictOf(const http::Response& response);

// What an error says, in Stripe's own words for type and code; its message could repeat what we
// sent.
struct StripeError {
  std::string type;
  std::string code;
  std::string param;
};
StripeError ErrorOf(const http::Response& response);

// Writes it to the log, saying `what` did not happen.
void LogFailure(std::string_view what, const http::Response& response, CreateVerdict verdict);

}  // namespace fsft::payment
