#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/http/client.h"

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
};

// What Stripe's answer to the creation of a session says about that session.
enum class CreateVerdict {
  kSession,
  // There may be a session, or not: no answer, or a failure. The same request asks again.
  kUnknown,
  // A failure that Stripe keeps under the key: the same request will never be answered otherwise,
  // and whether there is a session only the list of sessions tells.
  kStoredFailure,
  // The first request with this key is still at work.
  kInFlight,
  // Nothing was done: too many requests.
  kSlowDown,
  // Nothing was done, and never will be: a mistake of ours, in the request or in the key.
  kRefused,
};

struct CreateAnswer {
  CreateVerdict verdict = CreateVerdict::kUnknown;
  // With kSession.
  StripeSession session = {};
  // With kSlowDown: when to come back.
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
