#include "shared/logging/repeats.h"

#include <algorithm>

namespace fsft::logging {
namespace {

constexpr std::chrono::minutes kEvery{1};
constexpr size_t kMostKinds = 100;

}  // namespace

std::optional<int64_t> Repeats::Say(std::string_view kind, Time now) {
  const std::lock_guard lock(mutex_);
  const auto known = kinds_.find(kind);
  if (known == kinds_.end()) {
    if (kinds_.size() == kMostKinds) {
      kinds_.erase(std::min_element(kinds_.begin(), kinds_.end(), [](auto& one, auto& other) {
        return one.second.said < other.second.said;
      }));
    }
    kinds_.emplace(kind, Kind{.said = now});
    return 0;
  }
  Kind& seen = known->second;
  if (now - seen.said < kEvery) {
    ++seen.left_out;
    return std::nullopt;
  }
  const int64_t left_out = seen.left_out;
  seen = {.said = now};
  return left_out;
}

}  // namespace fsft::logging
