#include "shared/work/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <stdexcept>
#include <vector>

#include "shared/metrics/metrics.h"

namespace fsft::work {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

// Long enough that a step within the test was not caused by the poll.
constexpr auto kNever = hours(1);
constexpr auto kPatience = std::chrono::seconds(10);

TEST(Worker, CallsTheStepAgainAtOnceWhileItFindsWork) {
  metrics::Registry registry;
  std::atomic<int> left = 5;
  std::promise<void> drained;
  Worker worker({.name = "test", .poll = kNever}, registry, [&]() -> absl::StatusOr<int> {
    if (left.fetch_sub(1) > 0) return 1;
    drained.set_value();
    return 0;
  });
  ASSERT_EQ(drained.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(Worker, RunsTheStepWhenWoken) {
  metrics::Registry registry;
  std::counting_semaphore<> steps(0);
  Worker worker({.name = "test", .poll = kNever}, registry, [&]() -> absl::StatusOr<int> {
    steps.release();
    return 0;
  });
  ASSERT_TRUE(steps.try_acquire_for(kPatience));
  worker.Wake();
  EXPECT_TRUE(steps.try_acquire_for(kPatience));
}

TEST(Worker, DoesNotMissAWakeUpThatComesDuringAStep) {
  metrics::Registry registry;
  std::counting_semaphore<> entered(0), leave(0);
  Worker worker({.name = "test", .poll = kNever}, registry, [&]() -> absl::StatusOr<int> {
    entered.release();
    leave.acquire();
    return 0;
  });
  ASSERT_TRUE(entered.try_acquire_for(kPatience));
  worker.Wake();
  leave.release();
  EXPECT_TRUE(entered.try_acquire_for(kPatience));
  leave.release();
}

TEST(Worker, TakesItsTimeBetweenStepsSoThatJobsGather) {
  constexpr milliseconds kPace{30};
  metrics::Registry registry;
  std::vector<std::chrono::steady_clock::time_point> begun;
  std::promise<void> third;
  const auto created = std::chrono::steady_clock::now();
  Worker worker({.name = "test", .poll = kNever, .pace = kPace}, registry,
                [&]() -> absl::StatusOr<int> {
                  begun.push_back(std::chrono::steady_clock::now());
                  if (begun.size() < 3) return 1;
                  third.set_value();
                  return 0;
                });
  worker.Wake();
  ASSERT_EQ(third.get_future().wait_for(kPatience), std::future_status::ready);
  worker.Stop();
  EXPECT_GE(begun[1] - created, kPace);
  EXPECT_GE(begun[2] - created, 2 * kPace);
}

TEST(Worker, AStepThatLeavesJobsLyingIsFollowedAtOnce) {
  metrics::Registry registry;
  std::atomic<int> left = 5;
  std::promise<void> drained;
  Worker worker({.name = "test", .poll = kNever, .pace = kNever, .batch = 10}, registry,
                [&]() -> absl::StatusOr<int> {
                  if (left.fetch_sub(1) > 0) return 10;
                  drained.set_value();
                  return 0;
                });
  EXPECT_EQ(drained.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(Worker, StopsInTheMiddleOfItsPace) {
  metrics::Registry registry;
  std::counting_semaphore<> steps(0);
  Worker worker({.name = "test", .poll = kNever, .pace = kNever}, registry,
                [&]() -> absl::StatusOr<int> {
                  steps.release();
                  return 1;
                });
  ASSERT_TRUE(steps.try_acquire_for(kPatience));
  worker.Stop();
}

TEST(Worker, PollsWithoutBeingWoken) {
  metrics::Registry registry;
  std::counting_semaphore<> steps(0);
  Worker worker({.name = "test", .poll = milliseconds(1)}, registry, [&]() -> absl::StatusOr<int> {
    steps.release();
    return 0;
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(steps.try_acquire_for(kPatience));
}

TEST(Worker, SurvivesStepsThatFailOrThrow) {
  metrics::Registry registry;
  std::atomic<int> step = 0;
  std::promise<void> third;
  Worker worker({.name = "test", .poll = kNever, .error_pause = milliseconds(1)}, registry,
                [&]() -> absl::StatusOr<int> {
                  switch (++step) {
                    case 1:
                      return absl::UnavailableError("down");
                    case 2:
                      throw std::runtime_error("broken");
                    default:
                      third.set_value();
                      return 0;
                  }
                });
  ASSERT_EQ(third.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(registry.AddCounter("work_errors_total", "", {{"queue", "test"}}).Value(), 2);
}

TEST(Worker, TellsOnceOfAFailureThatComesBack) {
  metrics::Registry registry;
  std::atomic<int> step = 0;
  std::promise<void> last;
  testing::internal::CaptureStderr();
  {
    Worker worker({.name = "test", .poll = kNever, .error_pause = milliseconds(1)}, registry,
                  [&]() -> absl::StatusOr<int> {
                    const int now = ++step;
                    if (now == 10) last.set_value();
                    if (now >= 10) return 0;
                    if (now % 2 == 0) throw std::runtime_error("broken");
                    return absl::UnavailableError("down");
                  });
    ASSERT_EQ(last.get_future().wait_for(kPatience), std::future_status::ready);
  }
  const std::string log = testing::internal::GetCapturedStderr();
  for (const char* failure : {"UNAVAILABLE: down", "broken"}) {
    EXPECT_NE(log.find(failure), std::string::npos);
    EXPECT_EQ(log.find(failure), log.rfind(failure)) << log;
  }
}

TEST(Worker, StopWaitsForTheStepUnderWay) {
  metrics::Registry registry;
  std::counting_semaphore<> entered(0), leave(0);
  std::atomic<bool> finished = false;
  Worker worker({.name = "test", .poll = kNever}, registry, [&]() -> absl::StatusOr<int> {
    entered.release();
    leave.acquire();
    finished = true;
    return 0;
  });
  ASSERT_TRUE(entered.try_acquire_for(kPatience));
  auto stopped = std::async(std::launch::async, [&] { worker.Stop(); });
  EXPECT_EQ(stopped.wait_for(milliseconds(20)), std::future_status::timeout);
  leave.release();
  ASSERT_EQ(stopped.wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(finished);
}

TEST(Worker, StopsAlthoughThereIsAlwaysMoreToDo) {
  metrics::Registry registry;
  std::counting_semaphore<> steps(0);
  Worker worker({.name = "test", .poll = kNever}, registry, [&]() -> absl::StatusOr<int> {
    steps.release();
    return 1;
  });
  ASSERT_TRUE(steps.try_acquire_for(kPatience));
  auto stopped = std::async(std::launch::async, [&] { worker.Stop(); });
  EXPECT_EQ(stopped.wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace fsft::work
