#include "shared/work/workers.h"

#include <utility>

namespace fsft::work {

Workers::~Workers() { Stop(); }

Worker& Workers::Start(WorkerOptions options, metrics::Registry& registry, Worker::Step step) {
  workers_.push_back(std::make_unique<Worker>(std::move(options), registry, std::move(step)));
  return *workers_.back();
}

void Workers::Wake() {
  for (auto& worker : workers_) worker->Wake();
}

void Workers::StopClaiming() {
  stop_.request_stop();
  for (auto& worker : workers_) worker->StopClaiming();
}

void Workers::Stop() {
  StopClaiming();
  for (auto& worker : workers_) worker->Stop();
}

}  // namespace fsft::work
