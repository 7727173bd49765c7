#include "gateway/request_metrics.h"

#include <algorithm>
#include <string>

namespace fsft::gateway {
namespace {

std::string NameOf(const Route* route) {
  return std::string(route == nullptr ? kNoRoute : route->pattern);
}

}  // namespace

RequestMetrics::RequestMetrics(metrics::Registry& registry, std::span<const Route> routes)
    : registry_(registry) {
  const auto add = [&](const Route* route) {
    series_[route].duration =
        &registry_.AddHistogram("http_request_duration_seconds",
                                "From a request's head to its answer.", {{"route", NameOf(route)}});
  };
  for (const Route& route : routes) add(&route);
  add(nullptr);
}

void RequestMetrics::Count(const Route* route, int status, std::chrono::nanoseconds duration) {
  Series& series = series_.find(route)->second;
  series.duration->Observe(std::chrono::duration<double>(duration).count());
  std::atomic<metrics::Counter*>& slot = series.by_status[std::clamp(status, 0, 599)];
  metrics::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    // Two threads may do this at once: the registry gives both the same counter.
    counter =
        &registry_.AddCounter("http_requests_total", "Answered requests.",
                              {{"route", NameOf(route)},
                               {"method", std::string(route == nullptr ? kNoRoute : route->method)},
                               {"code", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Add();
}

}  // namespace fsft::gateway
