#include "gateway/probe.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "gateway/fake_backend.h"

namespace fsft::gateway {
namespace {

TEST(Probe, KnowsNothingBeforeItHasLooked) {
  FakeBackend backend;
  const Probe probe(backend);
  EXPECT_FALSE(probe.HasLooked());
  EXPECT_FALSE(probe.Latest().Ready());
  EXPECT_EQ(probe.Latest().database, Part::kUnknown);
}

TEST(Probe, LooksAtOnceWhenStartedAndStopsInTheMiddleOfAPause) {
  FakeBackend backend;
  {
    Probe probe(backend);
    probe.Start(std::chrono::hours(1));
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!probe.HasLooked() && std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
    }
    EXPECT_TRUE(probe.Latest().Ready());
  }
  // That this line is reached is the second half of the test.
}

TEST(Probe, AServiceThatServesButCannotTellItsNumbersIsStillReady) {
  FakeBackend backend;
  backend.payment_status = absl::DeadlineExceededError("slow");
  Probe probe(backend);
  probe.RunOnce();
  EXPECT_TRUE(probe.Latest().Ready());
  EXPECT_FALSE(probe.Latest().payment_status);
  EXPECT_TRUE(probe.Latest().fulfillment_status);
  EXPECT_EQ(probe.Latest().LastEventAge(), nullptr);
}

TEST(Probe, OfAServiceThatDoesNotServeNothingElseIsAsked) {
  FakeBackend backend;
  backend.health[static_cast<int>(Service::kFulfillment)] = absl::UnavailableError("gone");
  Probe probe(backend);
  probe.RunOnce();
  EXPECT_EQ(probe.Latest().fulfillment, Part::kDown);
  EXPECT_FALSE(probe.Latest().fulfillment_status);
  EXPECT_TRUE(probe.Latest().payment_status);
}

}  // namespace
}  // namespace fsft::gateway
