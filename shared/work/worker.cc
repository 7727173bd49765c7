#include "shared/work/worker.h"

#include <exception>

#include "shared/logging/context.h"
#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"

namespace fsft::work {

namespace {

constexpr int kFailed = -1;

}  // namespace

Worker::Worker(WorkerOptions options, metrics::Registry& registry, Step step)
    : options_(std::move(options)),
      step_(std::move(step)),
      jobs_(registry.AddCounter("work_jobs_total", "Jobs worked, by queue",
                                {{"queue", options_.name}})),
      errors_(registry.AddCounter("work_errors_total", "Steps that failed as a whole, by queue",
                                  {{"queue", options_.name}})),
      thread_([this] { Loop(); }) {}

Worker::~Worker() { Stop(); }

void Worker::Wake() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Worker::StopClaiming() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
}

void Worker::Stop() {
  StopClaiming();
  if (thread_.joinable()) thread_.join();
}

void Worker::Loop() {
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
      // Before the step: what is enqueued while it runs wakes the next one.
      woken_ = false;
    }
    const auto begun = std::chrono::steady_clock::now();
    const int found = StepOnce();
    if (found > 0) {
      if (found < options_.batch) AwaitPace(begun);
      continue;
    }
    Sleep(found == kFailed ? options_.error_pause : options_.poll);
  }
}

int Worker::StepOnce() {
  logging::ScopedContext context(
      {.request_id = logging::NewRequestId(), .traceparent = logging::ContinueTraceparent("")});
  try {
    absl::StatusOr<int> found = step_();
    if (found.ok()) {
      jobs_.Add(*found);
      return *found;
    }
    ReportFailure(found.status().ToString());
  } catch (const std::exception& error) {
    if (const auto left_out = repeats_.Say(error.what())) {
      logging::Error("work step threw",
                     {{"queue", options_.name}, {"error", error.what()}, {"left_out", *left_out}});
    }
  }
  errors_.Add();
  return kFailed;
}

// A database that is down fails every step of every queue, every second.
void Worker::ReportFailure(const std::string& status) {
  const auto left_out = repeats_.Say(status);
  if (!left_out) return;
  logging::Warning("work step failed",
                   {{"queue", options_.name}, {"status", status}, {"left_out", *left_out}});
}

// Not shortened by Wake: what has just come is what it waits for.
void Worker::AwaitPace(std::chrono::steady_clock::time_point begun) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, begun + options_.pace, [this] { return stopping_; });
}

void Worker::Sleep(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause, [this] { return woken_ || stopping_; });
}

}  // namespace fsft::work
