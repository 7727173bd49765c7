#include "services/payment/create_verdict.h"

#include <nlohmann/json.hpp>

#include "services/payment/stripe_json.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

using nlohmann::json;

// What the status says; where it does not say, Stripe's own advice counts.
CreateVerdict VerdictOf(const http::Response& response) {
  if (response.status / 100 == 2) return CreateVerdict::kCreated;
  if (response.status == 409) return CreateVerdict::kInFlight;
  if (response.status == 429) return CreateVerdict::kSlowDown;
  if (response.status >= 500) {
    return response.Find("Idempotent-Replayed") == "true" ? CreateVerdict::kStoredFailure
                                                          : CreateVerdict::kUnknown;
  }
  return response.Find("Stripe-Should-Retry") == "true" ? CreateVerdict::kUnknown
                                                        : CreateVerdict::kRefused;
}

StripeError ErrorOf(const http::Response& response) {
  const json body = json::parse(response.body, nullptr, false);
  const json& error = ObjectOf(body, "error");
  return {.type = TextOf(error, "type"),
          .code = TextOf(error, "code"),
          .param = TextOf(error, "param")};
}

void LogFailure(std::string_view what, const http::Response& response, CreateVerdict verdict) {
  const StripeError error = ErrorOf(response);
  // A refusal does not go away by itself: somebody has to look at it.
  const auto level =
      verdict == CreateVerdict::kRefused ? logging::Level::kError : logging::Level::kWarning;
  logging::Write(level, what,
                 {{"status", response.status},
                  {"replayed", verdict == CreateVerdict::kStoredFailure},
                  {"type", error.type},
                  {"code", error.code},
                  {"param", error.param}});
}

}  // namespace fsft::payment
