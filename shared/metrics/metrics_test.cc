#include "shared/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fsft::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, AppearInPrometheusTextFormat) {
  Registry registry;
  registry.AddCounter("fsft_orders_total", "Orders seen.", {{"outcome", "paid"}}).Add();
  registry.AddCounter("fsft_orders_total", "Orders seen.", {{"outcome", "review"}}).Add(2);
  Gauge& waiting = registry.AddGauge("fsft_queue_rows", "Rows waiting.");
  waiting.Set(5);
  waiting.Add(-2);
  Histogram& latency = registry.AddHistogram("fsft_query_seconds", "Query time.", {}, {0.1, 1});
  for (const double seconds : {0.05, 0.5, 5.0}) latency.Observe(seconds);

  const std::string text = registry.Serialize();
  for (const char* line : {
           "# HELP fsft_orders_total Orders seen.\n",
           "# TYPE fsft_orders_total counter\n",
           "fsft_orders_total{outcome=\"paid\"} 1\n",
           "fsft_orders_total{outcome=\"review\"} 2\n",
           "# TYPE fsft_queue_rows gauge\n",
           "fsft_queue_rows 3\n",
           "fsft_query_seconds_bucket{le=\"0.1\"} 1\n",
           "fsft_query_seconds_bucket{le=\"1\"} 2\n",
           "fsft_query_seconds_bucket{le=\"+Inf\"} 3\n",
           "fsft_query_seconds_count 3\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_EQ(text.find("# TYPE fsft_orders_total"), text.rfind("# TYPE fsft_orders_total"));
}

TEST(Metrics, AreTheSameObjectForTheSameNameAndLabels) {
  Registry registry;
  Counter& paid = registry.AddCounter("orders_total", "Orders.", {{"outcome", "paid"}});
  Counter& review = registry.AddCounter("orders_total", "Orders.", {{"outcome", "review"}});
  EXPECT_NE(&paid, &review);
  EXPECT_EQ(&paid, &registry.AddCounter("orders_total", "Orders.", {{"outcome", "paid"}}));
  EXPECT_EQ(&registry.AddGauge("rows", "Rows."), &registry.AddGauge("rows", "Rows."));
  EXPECT_EQ(&registry.AddHistogram("seconds", "Time."), &registry.AddHistogram("seconds", "Time."));
}

TEST(Metrics, EscapeLabelValues) {
  Registry registry;
  registry.AddCounter("orders_total", "Orders.", {{"code", "a\"\n\\b"}}).Add();
  EXPECT_THAT(registry.Serialize(), HasSubstr("{code=\"a\\\"\\n\\\\b\"} 1\n"));
}

TEST(Metrics, RefuseMistakesAtTheStart) {
  Registry registry;
  registry.AddCounter("orders_total", "Orders.");
  EXPECT_THROW(registry.AddGauge("orders_total", "Orders."), std::invalid_argument);
  EXPECT_THROW(registry.AddCounter("not a name", "Orders."), std::invalid_argument);
  EXPECT_THROW(registry.AddCounter("x_total", "Orders.", {{"not a label", "x"}}),
               std::invalid_argument);
  EXPECT_THAT(registry.Serialize(), Not(HasSubstr("not a")));
}

TEST(Metrics, AreRefreshedEachTimeThatTheyAreRead) {
  Registry registry;
  Gauge& reads = registry.AddGauge("reads", "Reads.");
  registry.RefreshWith([&reads] { reads.Add(1); });
  EXPECT_THAT(registry.Serialize(), HasSubstr("reads 1\n"));
  EXPECT_THAT(registry.Serialize(), HasSubstr("reads 2\n"));
}

TEST(Counter, OnlyGoesUp) {
  Registry registry;
  Counter& counter = registry.AddCounter("orders_total", "Orders.");
  counter.Add(3);
  counter.Add(-1);
  EXPECT_EQ(counter.Value(), 3);
}

TEST(Metrics, CountUnderThreadsWhileBeingRead) {
  Registry registry;
  constexpr int kThreads = 4, kEach = 10'000;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&registry] {
        Counter& counter = registry.AddCounter("orders_total", "Orders.");
        Gauge& gauge = registry.AddGauge("rows", "Rows.");
        Histogram& histogram = registry.AddHistogram("seconds", "Time.");
        for (int i = 0; i < kEach; ++i) {
          counter.Add();
          gauge.Add(i % 2 == 0 ? 1 : -1);
          histogram.Observe(0.01);
        }
      });
    }
    std::string text;
    while (text.find("seconds_count") == std::string::npos) text = registry.Serialize();
  }
  EXPECT_EQ(registry.AddCounter("orders_total", "Orders.").Value(), kThreads * kEach);
  EXPECT_EQ(registry.AddGauge("rows", "Rows.").Value(), 0);
  EXPECT_THAT(registry.Serialize(), HasSubstr("seconds_count 40000\n"));
}

}  // namespace
}  // namespace fsft::metrics
