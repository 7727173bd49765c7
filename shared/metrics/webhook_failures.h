#pragma once

#include <map>
#include <string>
#include <string_view>

#include "shared/metrics/metrics.h"
#include "shared/metrics/recent_count.h"

namespace fsft::metrics {

// Webhooks that were not taken, by what was wrong with them: "invalid_signature" or
// "malformed_event". Anything else is a failure of ours, and counts as "not_stored". Thread-safe.
class WebhookFailures {
 public:
  // `registry` outlives it.
  WebhookFailures(Registry& registry, const std::string& name, const std::string& help);

  void Add(std::string_view reason, time::TimePoint now);
  int64_t InLastHour(time::TimePoint now) const { return recent_.InLastHour(now); }

 private:
  RecentCount recent_;
  std::map<std::string, Counter*, std::less<>> counters_;
};

}  // namespace fsft::metrics
