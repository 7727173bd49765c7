// How much one client may ask for.
#pragma once

#include <memory>
#include <optional>

#include "gateway/http/client_address.h"
#include "gateway/problem.h"
#include "gateway/rate_limiter.h"
#include "gateway/rate_limits.h"

namespace fsft::gateway {

// Thread-safe. A client is the address that http::ClientAddress finds out, or its IPv6 network.
class ClientLimits {
 public:
  // All of them are kept. `limiter` is replaced by tests.
  ClientLimits(RateLimits limits, http::Networks trusted_proxies,
               std::unique_ptr<RateLimiter> limiter = std::make_unique<RateLimiter>());

  http::Ip ClientOf(const http::Request& request) const;

  // 429 with Retry-After when this is one too many of the route; counts it otherwise.
  std::optional<Problem> Refuse(const Route& route, const http::Ip& client);

  // 429 when the client has sent so many wrong operators' tokens that no token is looked at for a
  // while, right or wrong: guessing must not pay.
  std::optional<Problem> RefuseToken(const http::Ip& client);
  void CountWrongToken(const http::Ip& client);

 private:
  const RateLimits limits_;
  const http::Networks trusted_proxies_;
  const std::unique_ptr<RateLimiter> limiter_;
};

}  // namespace fsft::gateway
