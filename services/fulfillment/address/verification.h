#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "services/fulfillment/address/address_checker.h"
#include "shared/http/client.h"

namespace fsft::fulfillment {

// Lob's word for an address. kNotSaid: it has looked and says nothing, as with every test key.
enum class Deliverability {
  kDeliverable,
  kUnnecessaryUnit,
  kIncorrectUnit,
  kMissingUnit,
  kUndeliverable,
  kNotSaid,
};

struct Verification {
  Deliverability deliverability = Deliverability::kNotSaid;
  // As the postal service writes it; only of what is deliverable, and only where we could print it.
  std::optional<Address> standard{};
};

// Why there is none.
enum class NoVerification {
  kSlow,
  kFailed,       // no connection, a 5xx, or an answer that is none
  kRateLimited,  // and the pause that Lob wants, or 0
  kRefused,      // our key may not ask: a wrong one, or the month's free requests are used up
  kUnreadable,   // Lob can make nothing of this address
};
struct Obstacle {
  NoVerification reason = NoVerification::kFailed;
  std::chrono::seconds retry_after{0};
};

// POST /us_verifications of a whole address, to a base URL that ends in "/v1".
http::Request VerificationRequest(const std::string& api_base, const std::string& api_key,
                                  const Address& address, std::chrono::milliseconds timeout);

std::variant<Verification, Obstacle> ReadVerification(
    const absl::StatusOr<http::Response>& response);

}  // namespace fsft::fulfillment
