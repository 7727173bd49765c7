#include "shared/app/ops_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>

#include "shared/metrics/metrics.h"

namespace fsft::app {
namespace {

using testing::HasSubstr;

class OpsServerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(ops_.Start("127.0.0.1:0").ok()); }

  httplib::Client Http() { return httplib::Client("127.0.0.1", ops_.port()); }
  int StatusOf(const std::string& path) {
    const httplib::Result result = Http().Get(path);
    return result ? result->status : 0;
  }

  metrics::Registry metrics_;
  OpsServer ops_{metrics_};
};

TEST_F(OpsServerTest, IsAliveFromTheStart) { EXPECT_EQ(StatusOf("/health"), 200); }

TEST_F(OpsServerTest, IsReadyOnlyWhileAScopeSaysSo) {
  EXPECT_EQ(StatusOf("/health/ready"), 503);
  {
    std::atomic<bool> answer = false;
    const ReadyScope ready(ops_, [&] { return answer.load(); });
    EXPECT_EQ(StatusOf("/health/ready"), 503);
    answer = true;
    EXPECT_EQ(StatusOf("/health/ready"), 200);
  }
  EXPECT_EQ(StatusOf("/health/ready"), 503);
}

TEST_F(OpsServerTest, ServesTheMetrics) {
  metrics_.AddCounter("letters_total", "Letters.").Add(3);
  const httplib::Result result = Http().Get("/metrics");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_THAT(result->get_header_value("Content-Type"), HasSubstr("text/plain"));
  EXPECT_THAT(result->body, HasSubstr("letters_total 3"));
}

TEST_F(OpsServerTest, TellsScrapersWhetherItIsReadyNow) {
  const auto scraped = [this] { return Http().Get("/metrics")->body; };
  EXPECT_THAT(scraped(), HasSubstr("\nfsft_ready 0\n"));
  {
    const ReadyScope ready(ops_, [] { return true; });
    EXPECT_THAT(scraped(), HasSubstr("\nfsft_ready 1\n"));
  }
  EXPECT_THAT(scraped(), HasSubstr("\nfsft_ready 0\n"));
}

TEST_F(OpsServerTest, HasNothingElse) { EXPECT_EQ(StatusOf("/"), 404); }

TEST_F(OpsServerTest, TakesNoBody) {
  const httplib::Result result = Http().Post("/health", "some bytes", "text/plain");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 413);
}

TEST_F(OpsServerTest, DoesNotKeepConnections) {
  const httplib::Result result = Http().Get("/health");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->get_header_value("Connection"), "close");
}

TEST_F(OpsServerTest, DoesNotShareAPortWithAnother) {
  OpsServer other(metrics_);
  const absl::Status status = other.Start("127.0.0.1:" + std::to_string(ops_.port()));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(OpsServerTest, RefusesAMalformedAddress) {
  OpsServer other(metrics_);
  EXPECT_EQ(other.Start("9051").code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace fsft::app
