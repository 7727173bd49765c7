#include "shared/metrics/webhook_failures.h"

#include <gtest/gtest.h>

namespace fsft::metrics {
namespace {

TEST(WebhookFailures, WhatWasNotTheWebhooksFaultIsOurs) {
  const time::TimePoint now{std::chrono::hours(500'000)};
  Registry registry;
  WebhookFailures failures(registry, "failures_total", "Failures.");
  const auto counted = [&](const char* reason) {
    return registry.AddCounter("failures_total", "", {{"reason", reason}}).Value();
  };
  failures.Add("malformed_event", now);
  failures.Add("", now);
  failures.Add("database_is_down", now);
  EXPECT_EQ(counted("invalid_signature"), 0);
  EXPECT_EQ(counted("malformed_event"), 1);
  EXPECT_EQ(counted("not_stored"), 2);
  EXPECT_EQ(failures.InLastHour(now), 3);
}

}  // namespace
}  // namespace fsft::metrics
