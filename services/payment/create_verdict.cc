#include "services/payment/create_verdict.h"

#include "services/payment/stripe_json.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

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
  const StripeDocument body(response.body);
  const StripeObject error = body.root().Object("error");
  return {.type = error.Text("type"), .code = error.Text("code"), .param = error.Text("param")};
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
