#pragma once

#include <string>

#include "shared/http/test_server.h"

// What Stripe answers about checkout sessions, for tests.
namespace fsft::payment {

// A session with the price and the intent of PaymentsTest::Paid(). "paid" is a session that is
// complete and whose money has come.
inline std::string Session(const std::string& id, const std::string& status,
                           const std::string& reference, int amount_cents = 989) {
  const bool paid = status == "paid";
  return R"({"object": "checkout.session", "id": ")" + id + R"(", "status": ")" +
         (paid ? "complete" : status) + R"(", "payment_status": ")" + (paid ? "paid" : "unpaid") +
         R"(", "amount_total": )" + std::to_string(amount_cents) +
         R"(, "currency": "usd", "livemode": false, "payment_intent": )" +
         (paid ? "\"pi_1\"" : "null") + R"(, "url": )" +
         (status == "open" ? "\"https://pay/" + id + "\"" : "null") +
         R"(, "client_reference_id": ")" + reference + "\"}";
}

inline std::string Found(const std::string& session) { return http::Answer("200 OK", session); }

// A page of the list of sessions, which are separated by commas.
inline std::string Page(const std::string& sessions, bool has_more = false) {
  return Found(R"({"object": "list", "has_more": )" + std::string(has_more ? "true" : "false") +
               R"(, "data": [)" + sessions + "]}");
}

}  // namespace fsft::payment
