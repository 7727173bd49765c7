#include "shared/db/metrics.h"

namespace fsft::db {

namespace {

const std::vector<double> kSeconds = {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025,
                                      0.05,   0.1,    0.25,  0.5,   1,     5};

}  // namespace

Metrics::Metrics(metrics::Registry& registry)
    : in_use(registry.AddGauge("db_pool_in_use", "Connections that are leased at the moment")),
      size(registry.AddGauge("db_pool_size", "Connections that there may be at most")),
      wait(registry.AddHistogram("db_pool_wait_seconds", "Time spent waiting for a connection", {},
                                 kSeconds)),
      timeouts(registry.AddCounter("db_pool_timeouts_total",
                                   "Times that no connection was free before a call's deadline")),
      connects(registry.AddCounter("db_connects_total", "Connections made to PostgreSQL")),
      registry_(registry) {}

metrics::Histogram& Metrics::Latency(std::string_view statement) {
  return registry_.AddHistogram("db_query_duration_seconds",
                                "Latency by statement, round trip included",
                                {{"statement", std::string(statement)}}, kSeconds);
}

void Metrics::CountError(std::string_view sqlstate) {
  registry_
      .AddCounter("db_errors_total", "Failed statements by SQLSTATE",
                  {{"sqlstate", sqlstate.empty() ? "none" : std::string(sqlstate)}})
      .Add();
}

}  // namespace fsft::db
