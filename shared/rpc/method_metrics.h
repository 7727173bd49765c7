#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace fsft::metrics {
class Counter;
class Histogram;
class Registry;
}  // namespace fsft::metrics

namespace fsft::rpc {

// How often a method was called, with which result, and how long it took. Thread-safe.
class MethodMetrics {
 public:
  // `full_name` is "package.Service/Method".
  MethodMetrics(metrics::Registry& registry, std::string full_name);

  const std::string& full_name() const { return full_name_; }
  void Record(absl::StatusCode code, std::chrono::duration<double> took);

 private:
  metrics::Counter& RequestsOf(absl::StatusCode code);

  metrics::Registry& registry_;
  const std::string full_name_;
  metrics::Histogram& duration_;
  std::mutex mutex_;
  std::map<absl::StatusCode, metrics::Counter*> requests_;  // guarded by mutex_
};

// Those of one gRPC service, kept because a look-up in the registry compares labels. Thread-safe.
class ServiceMetrics {
 public:
  ServiceMetrics(metrics::Registry& registry, std::string service);

  // Valid as long as this.
  MethodMetrics& Of(std::string_view method);

 private:
  metrics::Registry& registry_;
  const std::string service_;
  std::mutex mutex_;
  std::map<std::string, MethodMetrics, std::less<>> methods_;  // guarded by mutex_; never shrinks
};

}  // namespace fsft::rpc
