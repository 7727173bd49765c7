#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace fsft::logging {

// Keeps a failure that comes back again and again from filling the log: the first line of a kind is
// written at once, then one a minute, which says how many were left out. Thread-safe; remembers no
// more than a hundred kinds.
class Repeats {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Nothing: leave this line out. Otherwise write it, with the number of lines of this `kind` that
  // were left out since the last one, as "left_out".
  std::optional<int64_t> Say(std::string_view kind, Time now = std::chrono::steady_clock::now());

 private:
  struct Kind {
    Time said;
    int64_t left_out = 0;
  };

  std::mutex mutex_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace fsft::logging
