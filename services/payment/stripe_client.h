#pragma once

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "services/payment/payment.h"
#include "shared/config/secret.h"
#include "shared/http/client.h"

namespace fsft::payment {

struct StripeSession {
  std::string id;
  // Where the customer pays.
  std::string url;
};

// Stripe's API, as far as we use it. Thread-safe.
class StripeClient {
 public:
  // `api_base` is without /v1. `http` outlives it.
  StripeClient(const http::Client& http, std::string api_base, config::Secret secret_key);

  // Opens the checkout session of a payment. The payment's id is the idempotency key, and the
  // request is made of stored values only, so calling again is safe and answers with the same
  // session. What is sent holds ids and prices; the product's text names no citation and no person.
  // UNAVAILABLE "stripe_unavailable": time-out, 5xx, 429 or 409; the session may exist, call again.
  // FAILED_PRECONDITION "stripe_refused": Stripe will not do this, however often it is asked.
  absl::StatusOr<StripeSession> CreateSession(const OpenPayment& payment,
                                              std::chrono::milliseconds timeout) const;

 private:
  const http::Client& http_;
  const std::string api_base_;
  const config::Secret secret_key_;
};

}  // namespace fsft::payment
