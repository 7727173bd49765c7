#include "shared/http/outgoing_metrics.h"

#include <algorithm>
#include <array>

namespace fsft::http {
namespace {

constexpr std::array kOutcomes = {"2xx", "3xx", "4xx", "5xx", "not_sent", "timed_out", "broken"};

size_t OutcomeOf(const absl::StatusOr<Response>& response) {
  constexpr size_t kNotSent = 4, kTimedOut = 5, kBroken = 6;
  if (response.ok()) return std::clamp(response->status / 100, 2, 5) - 2;
  switch (response.status().code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInvalidArgument:
      return kNotSent;
    case absl::StatusCode::kDeadlineExceeded:
      return kTimedOut;
    default:
      return kBroken;
  }
}

}  // namespace

Observe MeasuredAs(metrics::Registry& registry, const std::string& to) {
  std::array<metrics::Histogram*, kOutcomes.size()> durations{};
  for (size_t i = 0; i < kOutcomes.size(); ++i) {
    durations[i] = &registry.AddHistogram("outgoing_request_duration_seconds",
                                          "Requests to third parties, by outcome.",
                                          {{"to", to}, {"outcome", kOutcomes[i]}});
  }
  return [durations](const absl::StatusOr<Response>& response, std::chrono::duration<double> took) {
    durations[OutcomeOf(response)]->Observe(took.count());
  };
}

}  // namespace fsft::http
