#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

// A thin front of prometheus-cpp that keeps its headers out of everybody's build.
// Labels have few values, known beforehand (method, outcome, statement); an id as a label would be
// a leak and a new time series per order.
namespace fsft::metrics {

using Labels = std::map<std::string, std::string>;

// The three kinds are handles: owned by their Registry, thread-safe, valid as long as it is.
class Counter {
 public:
  void Add(double amount = 1);  // a negative amount is ignored
  double Value() const;

 private:
  friend class Registry;
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  void Set(double value);
  void Add(double amount);
  double Value() const;

 private:
  friend class Registry;
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  void Observe(double value);

 private:
  friend class Registry;
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  prometheus::Histogram* histogram_;
};

// Upper bounds in seconds, for anything between a query and a slow third party.
std::vector<double> LatencyBuckets();
// The same for news that may be repeated for days: a second to three days.
std::vector<double> DelayBuckets();

// One per program, passed by reference. Look a metric up when an object is built and keep the
// reference: a look-up takes a lock and compares labels. Asking again with the same name and labels
// gives the same object. Throws std::invalid_argument for a malformed name and for one that is
// already used by another kind: mistakes of ours that must stop the program at its start.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& AddCounter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& AddGauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // `buckets` are ascending upper bounds; for a known name and labels they are ignored.
  Histogram& AddHistogram(const std::string& name, const std::string& help,
                          const Labels& labels = {},
                          const std::vector<double>& buckets = LatencyBuckets());

  // Has `refresh` called before each Serialize, for what is read where it lies (the process's memory,
  // a small file) and cheaply. It must live as long as somebody may serialize.
  void RefreshWith(std::function<void()> refresh);

  // Everything in Prometheus' text format; GET /metrics on the ops port answers it.
  std::string Serialize() const;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace fsft::metrics
