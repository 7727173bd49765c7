#pragma once

#include <string_view>

#include "shared/metrics/metrics.h"

namespace fsft::db {

// What the database looks like from this process. Label values are statement names and SQLSTATEs:
// bounded by the code.
class Metrics {
 public:
  explicit Metrics(metrics::Registry& registry);

  metrics::Histogram& Latency(std::string_view statement);
  void CountError(std::string_view sqlstate);

  metrics::Gauge& in_use;
  metrics::Histogram& wait;

 private:
  metrics::Registry& registry_;
};

}  // namespace fsft::db
