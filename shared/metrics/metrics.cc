#include "shared/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <utility>

namespace fsft::metrics {

void Counter::Add(double amount) { counter_->Increment(amount); }
double Counter::Value() const { return counter_->Value(); }

void Gauge::Set(double value) { gauge_->Set(value); }
void Gauge::Add(double amount) { gauge_->Increment(amount); }
double Gauge::Value() const { return gauge_->Value(); }

void Histogram::Observe(double value) { histogram_->Observe(value); }

std::vector<double> LatencyBuckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
}

std::vector<double> DelayBuckets() {
  return {1, 2.5, 5, 10, 30, 60, 300, 900, 3'600, 21'600, 86'400, 259'200};
}

struct Registry::Impl {
  // The handle of a metric; prometheus-cpp answers the same metric for the same name and labels.
  template <typename Handle, typename Metric>
  Handle& HandleOf(std::map<Metric*, Handle>& handles, Metric& metric) {
    const std::lock_guard lock(mutex);
    return handles.try_emplace(&metric, Handle(metric)).first->second;
  }

  // One at a time: a counter that is refreshed by a difference must not take it twice.
  void Refresh() {
    const std::lock_guard lock(refresh_mutex);
    for (const auto& refresh : refreshes) refresh();
  }

  prometheus::Registry registry;
  std::mutex refresh_mutex;
  std::vector<std::function<void()>> refreshes;
  std::mutex mutex;
  // Maps, because references into them outlive later insertions.
  std::map<prometheus::Counter*, Counter> counters;
  std::map<prometheus::Gauge*, Gauge> gauges;
  std::map<prometheus::Histogram*, Histogram> histograms;
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter& Registry::AddCounter(const std::string& name, const std::string& help,
                              const Labels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  return impl_->HandleOf(impl_->counters, family.Add(labels));
}

Gauge& Registry::AddGauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  return impl_->HandleOf(impl_->gauges, family.Add(labels));
}

Histogram& Registry::AddHistogram(const std::string& name, const std::string& help,
                                  const Labels& labels, const std::vector<double>& buckets) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  return impl_->HandleOf(impl_->histograms, family.Add(labels, buckets));
}

void Registry::RefreshWith(std::function<void()> refresh) {
  const std::lock_guard lock(impl_->refresh_mutex);
  impl_->refreshes.push_back(std::move(refresh));
}

std::string Registry::Serialize() const {
  impl_->Refresh();
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace fsft::metrics
