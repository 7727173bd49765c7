#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/circuit_breaker.h"
#include "shared/config/secret.h"
#include "shared/http/client.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// Stripe's HTTP, whatever is asked: who we are, which version we speak, how long we wait and when we
// ask again. Thread-safe.
class StripeApi {
 public:
  struct Options {
    // Without /v1.
    std::string base;
    // Asked for each request, because the key may be replaced while we run.
    std::function<config::Secret()> secret_key;
    // Called for each request that is sent again.
    std::function<void()> repeated = {};
  };
  using Form = std::vector<std::pair<std::string, std::string>>;

  // Both outlive it.
  StripeApi(const http::Client& http, CircuitBreaker& breaker, Options options);

  // Any answer of Stripe's, whatever its status; or none by the deadline. UNAVAILABLE
  // "stripe_unavailable" with retry_after when Stripe was not asked at all because it does not
  // answer these days. `path` is with /v1.
  //
  // A request that got no answer, or whose answer advises it, is sent again up to twice when that is
  // safe: a GET, or a POST with its idempotency key and the same bytes. Other failures are answers:
  // what they mean is known to the caller, and a 5xx may be stored under the key.
  absl::StatusOr<http::Response> Get(const std::string& path, const Form& query,
                                     rpc::Deadline deadline) const;
  absl::StatusOr<http::Response> Post(const std::string& path, const Form& form,
                                      std::string_view idempotency_key,
                                      rpc::Deadline deadline) const;
  // What repeats itself without a key, and must not be answered by a stored failure.
  absl::StatusOr<http::Response> PostOnce(const std::string& path, rpc::Deadline deadline) const;

 private:
  absl::StatusOr<http::Response> SendAgain(const http::Request& request,
                                           rpc::Deadline deadline) const;
  absl::StatusOr<http::Response> Send(http::Request request, rpc::Deadline deadline) const;

  const http::Client& http_;
  CircuitBreaker& breaker_;
  const Options options_;
};

// How long Stripe's answer wants us to wait: its Retry-After, between one second and a minute, or a
// default without one.
std::chrono::seconds RetryAfterOf(const http::Response& response);

// The same of a call that got no answer: zero unless the breaker has said so.
std::chrono::seconds RetryAfterOf(const absl::Status& status);

// A status for an answer that is not what was asked for; says so in the log, too.
absl::Status UnexpectedAnswer(std::string_view what, const http::Response& response);

}  // namespace fsft::payment
