#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/payment/payment.h"
#include "services/payment/stripe_answer.h"
#include "shared/config/secret.h"
#include "shared/http/client.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// Stripe's API, as far as we use it. Thread-safe. No call waits longer than its deadline.
class StripeClient {
 public:
  // `api_base` is without /v1. `http` outlives it.
  StripeClient(const http::Client& http, std::string api_base, config::Secret secret_key);

  // Asks for the checkout session of a payment. The payment's id is the idempotency key, and the
  // request is made of stored values only, so asking again is safe for a day and answers with the
  // same session. What is sent holds ids and prices; the product's text names no citation and no
  // person.
  CreateAnswer CreateSession(const OpenPayment& payment, rpc::Deadline deadline) const;

  // The session that Stripe has for a payment, by its id where that is known, otherwise on the list
  // of all sessions since the payment was stored; nothing when there is none. UNAVAILABLE when
  // Stripe could not be asked to the end.
  absl::StatusOr<std::optional<StripeSession>> FindSession(const OpenPayment& payment,
                                                           rpc::Deadline deadline) const;

  // Closes a session, so that nobody can pay it any more. False when it is not open: it was paid, or
  // is over already. UNAVAILABLE when that is not known.
  absl::StatusOr<bool> ExpireSession(const std::string& id, rpc::Deadline deadline) const;

 private:
  absl::StatusOr<http::Response> Send(http::Request request, rpc::Deadline deadline) const;
  absl::StatusOr<std::optional<StripeSession>> GetSession(const std::string& id,
                                                          rpc::Deadline deadline) const;
  absl::StatusOr<std::optional<StripeSession>> SearchSession(const OpenPayment& payment,
                                                             rpc::Deadline deadline) const;

  const http::Client& http_;
  const std::string api_base_;
  const config::Secret secret_key_;
};

}  // namespace fsft::payment
