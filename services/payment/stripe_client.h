#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/payment/payment.h"
#include "services/payment/stripe_answer.h"
#include "services/payment/stripe_api.h"
#include "services/payment/stripe_event_page.h"
#include "services/payment/stripe_refund.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// Stripe's API, as far as we use it. Thread-safe. No call waits longer than its deadline.
class StripeClient {
 public:
  // `api` outlives it.
  explicit StripeClient(const StripeApi& api) : api_(api) {}

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

  // Asks for a refund. Our id for it is the idempotency key and is in its metadata, beside the
  // payment's, so that Stripe's events and lists name it; asking again is safe for a day.
  RefundAnswer CreateRefund(const RefundOrder& order, rpc::Deadline deadline) const;

  // Our refund among those that Stripe has for the payment intent, whatever became of it; nothing
  // when there is none. UNAVAILABLE when Stripe could not be asked to the end.
  absl::StatusOr<std::optional<StripeRefund>> FindRefund(const std::string& payment_intent,
                                                         const std::string& refund_id,
                                                         rpc::Deadline deadline) const;

  // One page of what has happened, the newest first, whether a webhook told it or not. UNAVAILABLE
  // when Stripe could not be asked.
  absl::StatusOr<EventPage> ListEvents(const EventQuery& query, rpc::Deadline deadline) const;

 private:
  absl::StatusOr<std::optional<StripeSession>> GetSession(const std::string& id,
                                                          rpc::Deadline deadline) const;
  absl::StatusOr<std::optional<StripeSession>> SearchSession(const OpenPayment& payment,
                                                             rpc::Deadline deadline) const;

  const StripeApi& api_;
};

}  // namespace fsft::payment
