#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/create_verdict.h"
#include "shared/http/client.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// A checkout session, as Stripe shows it.
struct StripeSession {
  std::string id;
  // Where the customer pays; empty once the session is not open any more.
  std::string url;
  // "open", "complete" or "expired".
  std::string status;
  // Our payment's id, as we sent it.
  std::string client_reference_id;
  time::TimePoint created = {};
  bool livemode = false;
  // "paid", "unpaid" or "no_payment_required".
  std::string payment_status = "";
  int64_t amount_cents = 0;
  std::string currency = "";
  // Empty until it is paid; the customer also when Stripe does not remember the payer, the receipt
  // also unless the payment was asked for together with the session.
  std::string payment_intent = "";
  std::string customer = "";
  std::string receipt_url = "";
};

struct CreateAnswer {
  CreateVerdict verdict = CreateVerdict::kUnknown;
  // With kCreated.
  StripeSession session = {};
  // With kSlowDown and kUnknown: when to come back, where somebody has said so.
  std::chrono::seconds retry_after{0};
};

// Reads the answer to POST /v1/checkout/sessions. Writes what is wrong with it to the log, in
// Stripe's own words for type and code; its message could repeat what we sent.
CreateAnswer ReadCreateAnswer(const http::Response& response);

// Reads one session. UNAVAILABLE when the text is none.
absl::StatusOr<StripeSession> ReadSession(const std::string& body);

// One page of GET /v1/checkout/sessions.
struct SessionPage {
  std::vector<StripeSession> sessions = {};
  bool has_more = false;
};
absl::StatusOr<SessionPage> ReadSessionPage(const std::string& body);

// The session of a payment among those of a list. Should there be two, the one that matters more:
// what was paid before what can be, and that before what cannot be any more.
std::optional<StripeSession> SessionOf(const std::string& payment_id,
                                       const std::vector<StripeSession>& sessions);

}  // namespace fsft::payment
