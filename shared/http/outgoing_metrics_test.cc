#include "shared/http/outgoing_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::http {
namespace {

using std::chrono::milliseconds;

Response Answered(int status) {
  Response response;
  response.status = status;
  return response;
}

TEST(OutgoingMetrics, TellWhatCameOfRequestsAndHowLongTheyTook) {
  metrics::Registry registry;
  const Observe observe = MeasuredAs(registry, "stripe");
  const std::pair<absl::StatusOr<Response>, const char*> cases[] = {
      {Answered(200), "2xx"},
      {Answered(302), "3xx"},
      {Answered(429), "4xx"},
      {Answered(503), "5xx"},
      {absl::UnavailableError(""), "not_sent"},
      {absl::DeadlineExceededError(""), "timed_out"},
      {absl::UnknownError(""), "broken"},
      {absl::ResourceExhaustedError(""), "broken"},
  };
  for (const auto& [response, outcome] : cases) {
    const std::string count = std::string("outgoing_request_duration_seconds_count{outcome=\"") +
                              outcome + "\",to=\"stripe\"} ";
    const bool second = registry.Serialize().find(count + "0\n") == std::string::npos;
    observe(response, milliseconds(5));
    EXPECT_THAT(registry.Serialize(), testing::HasSubstr(count + (second ? "2\n" : "1\n")));
  }
}

}  // namespace
}  // namespace fsft::http
