#include "shared/rpc/method_metrics.h"

#include <utility>

#include "shared/metrics/metrics.h"

namespace fsft::rpc {

MethodMetrics::MethodMetrics(metrics::Registry& registry, std::string full_name)
    : registry_(registry),
      full_name_(std::move(full_name)),
      duration_(registry.AddHistogram("rpc_server_duration_seconds",
                                      "Time from a call's arrival at its handler to its answer.",
                                      {{"method", full_name_}})) {}

void MethodMetrics::Record(absl::StatusCode code, std::chrono::duration<double> took) {
  duration_.Observe(took.count());
  RequestsOf(code).Add();
}

metrics::Counter& MethodMetrics::RequestsOf(absl::StatusCode code) {
  const std::lock_guard lock(mutex_);
  metrics::Counter*& counter = requests_[code];
  if (counter == nullptr) {
    counter =
        &registry_.AddCounter("rpc_server_requests_total", "Calls answered, by code.",
                              {{"method", full_name_}, {"code", absl::StatusCodeToString(code)}});
  }
  return *counter;
}

ServiceMetrics::ServiceMetrics(metrics::Registry& registry, std::string service)
    : registry_(registry), service_(std::move(service)) {}

MethodMetrics& ServiceMetrics::Of(std::string_view method) {
  const std::lock_guard lock(mutex_);
  auto found = methods_.find(method);
  if (found == methods_.end()) {
    const std::string name(method);
    found = methods_.try_emplace(name, registry_, service_ + "/" + name).first;
  }
  return found->second;
}

}  // namespace fsft::rpc
