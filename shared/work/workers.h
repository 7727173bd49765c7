#pragma once

#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "shared/work/worker.h"

namespace fsft::work {

// The workers of one process, which stop together: all are told before the first is waited for, so
// that the end takes as long as the longest step under way, and not as long as all of them.
class Workers {
 public:
  // `stop` is requested with the stop: steps that do many things one after the other end early then.
  explicit Workers(std::stop_source stop) : stop_(std::move(stop)) {}
  // Stops.
  ~Workers();

  // The worker lives as long as this does.
  Worker& Start(WorkerOptions options, metrics::Registry& registry, Worker::Step step);

  // All of them. Never blocks.
  void Wake();
  // No worker begins another step. Returns at once.
  void StopClaiming();
  // And waits for the steps under way. Idempotent.
  void Stop();

 private:
  std::stop_source stop_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace fsft::work
