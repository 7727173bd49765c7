#pragma once

#include <cstdint>
#include <string>

#include "tests/sandbox/json.h"
#include "tests/sandbox/stripe/session_params.h"

namespace fsft::sandbox::stripe {

inline constexpr const char* kApiVersion = "2026-10-28.endive";

// The objects as Stripe's SDK describes them: the fields that matter filled, the others null.
// Times in Unix seconds, amounts in cents.
Json NewSession(const SessionSpec& spec, const std::string& public_url, int64_t now);

// The same ids each time.
Json LineItems(const SessionSpec& spec, const std::string& session_id);
Json NewPaymentIntent(const Json& session, const SessionSpec& spec, int64_t now);
Json NewCharge(const Json& intent, const Json& customer_details, const std::string& public_url,
               int64_t now);
Json NewRefund(const Json& charge, int64_t amount, const Json& reason, const Json& metadata,
               int64_t now);
Json NewDispute(const Json& charge, int64_t amount, const std::string& status, int64_t now);
Json NewEvent(const std::string& type, const Json& object, int64_t now);

// Who pays here: made-up personal data as a real payer would type it, for tests that prove that
// nobody keeps it.
Json MadeUpPayer(const std::string& email);

}  // namespace fsft::sandbox::stripe
