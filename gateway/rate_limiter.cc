#include "gateway/rate_limiter.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "shared/crypto/digest.h"
#include "shared/crypto/random.h"

namespace fsft::gateway {
namespace {

using std::chrono::minutes;

}  // namespace

RateLimiter::RateLimiter(size_t places, Clock::time_point (*now)())
    : now_(now), key_(crypto::RandomBytes(32)), sets_(places / std::tuple_size_v<Set>) {}

uint64_t RateLimiter::OwnerOf(const http::Ip& client, uint32_t what) const {
  std::string name(client.begin(), client.end());
  name.append(reinterpret_cast<const char*>(&what), sizeof(what));
  const std::string hash = crypto::HmacSha256(key_, name);
  uint64_t owner;
  std::memcpy(&owner, hash.data(), sizeof(owner));
  return owner;
}

std::optional<RateLimiter::Clock::duration> RateLimiter::Take(const http::Ip& client, uint32_t what,
                                                              int per_minute) {
  return Ask(OwnerOf(client, what), per_minute, /*take=*/true);
}

std::optional<RateLimiter::Clock::duration> RateLimiter::Peek(const http::Ip& client, uint32_t what,
                                                              int per_minute) {
  return Ask(OwnerOf(client, what), per_minute, /*take=*/false);
}

std::optional<RateLimiter::Clock::duration> RateLimiter::Ask(uint64_t owner, int per_minute,
                                                             bool take) {
  const size_t index = owner % sets_.size();
  Set& set = sets_[index];
  const std::lock_guard lock(locks_[index % locks_.size()]);
  const Clock::time_point now = now_();
  auto place = std::ranges::find(set, owner, &Place::owner);
  const bool known = place != set.end();
  const Clock::time_point full_at = known ? std::max(place->full_at, now) : now;
  // One token less is full that much later, and an empty bucket is full in a minute.
  const Clock::time_point then = full_at + Clock::duration(minutes(1)) / per_minute;
  if (then > now + minutes(1)) return then - now - minutes(1);
  if (!take) return std::nullopt;
  if (!known) place = std::ranges::min_element(set, {}, &Place::full_at);
  *place = {owner, then};
  return std::nullopt;
}

}  // namespace fsft::gateway
