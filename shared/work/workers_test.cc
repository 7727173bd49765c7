#include "shared/work/workers.h"

#include <gtest/gtest.h>

#include <barrier>
#include <future>
#include <semaphore>
#include <thread>

#include "shared/metrics/metrics.h"

namespace fsft::work {
namespace {

constexpr std::chrono::milliseconds kNever = std::chrono::hours(1);
constexpr std::chrono::seconds kPatience{10};

TEST(Workers, AllAreToldBeforeOneIsWaitedFor) {
  metrics::Registry registry;
  std::counting_semaphore<> entered(0);
  // None ends before all have been told: one after the other they would wait for ever.
  std::barrier told(3);
  const std::stop_source stop;
  Workers workers(stop);
  for (int i = 0; i < 3; ++i) {
    workers.Start({.name = "test", .poll = kNever}, registry,
                  [&, stopping = stop.get_token()]() -> absl::StatusOr<int> {
                    entered.release();
                    while (!stopping.stop_requested()) std::this_thread::yield();
                    told.arrive_and_wait();
                    return 1;
                  });
  }
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(entered.try_acquire_for(kPatience));
  auto stopped = std::async(std::launch::async, [&] { workers.Stop(); });
  ASSERT_EQ(stopped.wait_for(kPatience), std::future_status::ready);
  EXPECT_FALSE(entered.try_acquire()) << "a step was begun after all";
}

TEST(Workers, WhoeverIsToldBeginsNoStepAlthoughNobodyWaitsForItYet) {
  metrics::Registry registry;
  std::counting_semaphore<> entered(0), leave(0);
  Workers workers{std::stop_source()};
  Worker& worker =
      workers.Start({.name = "test", .poll = kNever}, registry, [&]() -> absl::StatusOr<int> {
        entered.release();
        leave.acquire();
        return 1;
      });
  ASSERT_TRUE(entered.try_acquire_for(kPatience));
  workers.StopClaiming();
  worker.Wake();
  leave.release(2);
  workers.Stop();
  EXPECT_FALSE(entered.try_acquire());
}

}  // namespace
}  // namespace fsft::work
