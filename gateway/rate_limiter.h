// How often each client may do each thing: token buckets in memory that never grows.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/http/ip.h"

namespace fsft::gateway {

// Thread-safe. A bucket holds the tokens of one minute and fills evenly; a request takes one.
//
// Of a bucket only the moment is kept at which it will be full again, and a hash of whose it is: 16
// bytes. There is a fixed number of places. A bucket that finds none takes that of the one which is
// full again soonest: strangers who come from ever new addresses make the limiter forget those
// first whom it limits least. The hash is keyed at random, so nobody can choose whose place they
// take.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  // `places` is a multiple of 8. `now` is replaced by tests.
  explicit RateLimiter(size_t places = 1 << 17, Clock::time_point (*now)() = &Clock::now);

  // Takes a token of the client's bucket for `what`. Where there is none, says how long until there
  // is. `per_minute` is above 0.
  std::optional<Clock::duration> Take(const http::Ip& client, uint32_t what, int per_minute);

  // The same answer, and nothing is taken.
  std::optional<Clock::duration> Peek(const http::Ip& client, uint32_t what, int per_minute);

 private:
  struct Place {
    uint64_t owner = 0;
    // The past: as good as empty.
    Clock::time_point full_at = Clock::time_point::min();
  };
  // Those that a bucket may take.
  using Set = std::array<Place, 8>;

  uint64_t OwnerOf(const http::Ip& client, uint32_t what) const;
  std::optional<Clock::duration> Ask(uint64_t owner, int per_minute, bool take);

  Clock::time_point (*const now_)();
  const std::string key_;
  std::vector<Set> sets_;
  // Each guards every 64th set.
  std::array<std::mutex, 64> locks_;
};

}  // namespace fsft::gateway
