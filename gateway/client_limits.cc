#include "gateway/client_limits.h"

#include <utility>

namespace fsft::gateway {
namespace {

// Rounded up: after so many seconds there is room.
Problem TooMany(RateLimiter::Clock::duration wait, const char* detail) {
  return {.status = 429,
          .code = "too_many_requests",
          .detail = detail,
          .retry_after = std::chrono::ceil<std::chrono::seconds>(wait)};
}

}  // namespace

ClientLimits::ClientLimits(RateLimits limits, http::Networks trusted_proxies,
                           std::unique_ptr<RateLimiter> limiter)
    : limits_(std::move(limits)),
      trusted_proxies_(std::move(trusted_proxies)),
      limiter_(std::move(limiter)) {}

http::Ip ClientLimits::ClientOf(const http::Request& request) const {
  return http::ClientNetwork(http::ClientAddress(request, trusted_proxies_));
}

std::optional<Problem> ClientLimits::Refuse(const Route& route, const http::Ip& client) {
  const Allowance& allowance = limits_.Of(route);
  if (allowance.per_minute == 0) return std::nullopt;
  const auto wait = limiter_->Take(client, allowance.bucket, allowance.per_minute);
  if (!wait) return std::nullopt;
  return TooMany(*wait, "Too many requests of this kind from your address. Please wait a moment.");
}

std::optional<Problem> ClientLimits::RefuseToken(const http::Ip& client) {
  const Allowance& allowance = limits_.WrongTokens();
  if (allowance.per_minute == 0) return std::nullopt;
  const auto wait = limiter_->Peek(client, allowance.bucket, allowance.per_minute);
  if (!wait) return std::nullopt;
  return TooMany(*wait, "Too many wrong tokens from your address. Please wait a moment.");
}

void ClientLimits::CountWrongToken(const http::Ip& client) {
  const Allowance& allowance = limits_.WrongTokens();
  if (allowance.per_minute > 0) limiter_->Take(client, allowance.bucket, allowance.per_minute);
}

}  // namespace fsft::gateway
