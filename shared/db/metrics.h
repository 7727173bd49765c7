#pragma once

#include <string_view>

#include "shared/logging/repeats.h"
#include "shared/metrics/metrics.h"

namespace fsft::db {

// What the database looks like from this process. Label values are statement names and SQLSTATEs:
// bounded by the code.
class Metrics {
 public:
  explicit Metrics(metrics::Registry& registry);

  metrics::Histogram& Latency(std::string_view statement);
  void CountError(std::string_view sqlstate);

  // For the lines about failed statements.
  logging::Repeats repeats;
  metrics::Gauge& in_use;
  metrics::Gauge& size;
  metrics::Histogram& wait;
  metrics::Counter& timeouts;
  metrics::Counter& connects;

 private:
  metrics::Registry& registry_;
};

}  // namespace fsft::db
