#include "gateway/rate_limits.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>

namespace fsft::gateway {
namespace {

constexpr int kMostPerMinute = 1'000'000;
constexpr std::string_view kOff = "off";

absl::Status Wrong(std::string_view item, const char* why) {
  return absl::InvalidArgumentError("FSFT_RATE_LIMITS: \"" + std::string(item) + "\" " + why);
}

// -1 for what is none.
int ParseLimit(std::string_view text) {
  if (text == kOff) return 0;
  int limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && limit >= 1 && limit <= kMostPerMinute ? limit : -1;
}

bool IsCalled(const Route& route, std::string_view name) {
  return name == route.pattern ||
         name == std::string(route.method) + " " + std::string(route.pattern);
}

}  // namespace

absl::StatusOr<RateLimits> RateLimits::Parse(std::string_view setting,
                                             std::span<const Route> routes) {
  RateLimits limits;
  std::map<Handler, uint32_t> buckets;
  for (const Route& route : routes) {
    const auto next = static_cast<uint32_t>(buckets.size() + 1);  // 0 is that of wrong tokens
    const uint32_t bucket = buckets.try_emplace(route.handler, next).first->second;
    limits.allowances_[&route] = {bucket, setting == kOff ? 0 : route.work.per_minute};
  }
  if (setting == kOff) {
    limits.wrong_tokens_.per_minute = 0;
    return limits;
  }
  std::set<std::string_view> seen;
  while (!setting.empty()) {
    const std::string_view item = setting.substr(0, setting.find(','));
    setting.remove_prefix(std::min(item.size() + 1, setting.size()));
    if (!seen.insert(item.substr(0, item.find('='))).second) return Wrong(item, "is set twice");
    if (absl::Status status = limits.Change(item); !status.ok()) return status;
  }
  return limits;
}

absl::Status RateLimits::Change(std::string_view change) {
  const size_t equals = change.find('=');
  if (equals == std::string_view::npos) return Wrong(change, "is not NAME=PER_MINUTE");
  const std::string_view name = change.substr(0, equals);
  const int limit = ParseLimit(change.substr(equals + 1));
  if (limit < 0) return Wrong(change, "needs a number from 1 to 1000000, or off");
  bool known = name == kWrongTokens;
  if (known) wrong_tokens_.per_minute = limit;
  for (auto& [route, allowance] : allowances_) {
    if (!IsCalled(*route, name)) continue;
    allowance.per_minute = limit;
    known = true;
  }
  return known ? absl::OkStatus() : Wrong(change, "names no route");
}

}  // namespace fsft::gateway
