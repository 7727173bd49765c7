// http_requests_total{route,method,code} and http_request_duration_seconds{route}.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <string_view>

#include "gateway/routes.h"
#include "shared/metrics/metrics.h"

namespace fsft::gateway {

// The label of what belongs to no route; a path as a label would let strangers make time series.
inline constexpr std::string_view kNoRoute = "none";

class RequestMetrics {
 public:
  RequestMetrics(metrics::Registry& registry, std::span<const Route> routes);

  // `route` is one of the table's, or nullptr.
  void Count(const Route* route, int status, std::chrono::nanoseconds duration);

 private:
  struct Series {
    metrics::Histogram* duration;
    // By status, made when first seen: looking one up in the registry takes a lock.
    std::array<std::atomic<metrics::Counter*>, 600> by_status{};
  };

  metrics::Registry& registry_;
  // Filled by the constructor, only read afterwards.
  std::map<const Route*, Series> series_;
};

}  // namespace fsft::gateway
