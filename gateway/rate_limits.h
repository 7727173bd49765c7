// How many requests each client has a minute: what the route table says, changed by
// FSFT_RATE_LIMITS.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/routes.h"

namespace fsft::gateway {

struct Allowance {
  // Routes with one handler share a bucket: an old address is no second helping.
  uint32_t bucket = 0;
  // 0: as many as they like.
  int per_minute = 0;
};

// Not a route: how many wrong operators' tokens a client may try before none is looked at.
inline constexpr std::string_view kWrongTokens = "wrong-operator-tokens";

class RateLimits {
 public:
  // `setting` is "off", or "NAME=PER_MINUTE,…" where a name is a route's pattern, perhaps with its
  // method before it ("PATCH /api/intakes/{id}"), or kWrongTokens, and "off" in place of the number
  // lifts the limit. INVALID_ARGUMENT, beginning with the setting's name, for an unknown or
  // repeated name and for what is no number from 1 to a million. `routes` must outlive it.
  static absl::StatusOr<RateLimits> Parse(std::string_view setting, std::span<const Route> routes);

  // `route` is one of the table's.
  const Allowance& Of(const Route& route) const { return allowances_.at(&route); }
  const Allowance& WrongTokens() const { return wrong_tokens_; }

 private:
  absl::Status Change(std::string_view change);

  std::map<const Route*, Allowance> allowances_;
  Allowance wrong_tokens_{0, 10};
};

}  // namespace fsft::gateway
