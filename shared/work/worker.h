#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "shared/logging/repeats.h"

namespace fsft::metrics {
class Counter;
class Registry;
}  // namespace fsft::metrics

namespace fsft::work {

struct WorkerOptions {
  // Stands in logs and metrics, e.g. "mailing".
  std::string name;
  // The fall-back: how long a wake-up that never came can delay a job, and how soon a job is seen
  // that another replica enqueued or that waited for its time.
  std::chrono::milliseconds poll;
  // The least time between the beginnings of two steps. Where jobs come one by one but are worked
  // together, a step costs about the same for one as for a hundred: the first of a burst goes at
  // once, and those behind it in a few steps instead of in many.
  std::chrono::milliseconds pace{0};
  // A step that did so many has left some lying, and the next one follows at once.
  int batch = std::numeric_limits<int>::max();
  // The pause after a step that failed, so that a database that is down is not hammered.
  std::chrono::milliseconds error_pause{1000};
};

// A thread that does one kind of background work. It calls the step again, at its pace, for as long
// as the step found something to do, then sleeps until Wake or the next poll. Several workers, in this
// process or in others, may run the same step: what is claimed by one is not seen by the rest.
class Worker {
 public:
  // Claims a batch, works it and settles it; answers how many jobs it found. An error or an
  // exception is logged and followed by a pause; the claimed jobs come back when their lease ends.
  using Step = std::function<absl::StatusOr<int>()>;

  Worker(WorkerOptions options, metrics::Registry& registry, Step step);
  // Stops.
  ~Worker();

  // Called by whoever has just committed a job. Never blocks.
  void Wake();
  // Claims no more. Never blocks.
  void StopClaiming();
  // And finishes the step under way. Idempotent.
  void Stop();

 private:
  void Loop();
  int StepOnce();
  void ReportFailure(const std::string& status);
  void Sleep(std::chrono::milliseconds pause);
  void AwaitPace(std::chrono::steady_clock::time_point begun);

  const WorkerOptions options_;
  const Step step_;
  metrics::Counter& jobs_;
  metrics::Counter& errors_;
  logging::Repeats repeats_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  // Last, so that everything that it uses is there before it starts.
  std::thread thread_;
};

}  // namespace fsft::work
