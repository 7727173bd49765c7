#pragma once

#include <string>

#include "shared/metrics/metrics.h"

namespace fsft::app {

// What the kernel knows of this process, under the names that Prometheus' own libraries use, and
// which build it is. Read from /proc when somebody reads the metrics.
class ProcessMetrics {
 public:
  // `registry` outlives it, and nobody reads the metrics after its end.
  ProcessMetrics(metrics::Registry& registry, const std::string& version);
  ProcessMetrics(const ProcessMetrics&) = delete;
  ProcessMetrics& operator=(const ProcessMetrics&) = delete;

 private:
  void Read();

  metrics::Counter& cpu_;
  metrics::Gauge& resident_;
  metrics::Gauge& virtual_;
  metrics::Gauge& threads_;
  metrics::Gauge& open_fds_;
  metrics::Gauge& max_fds_;
  metrics::Gauge& start_;
};

}  // namespace fsft::app
