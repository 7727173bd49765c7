#include "tests/bench/load/findings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fsft::bench {

namespace {

double Seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

// Of sorted times: the one that so large a share of them does not exceed.
double Percentile(const std::vector<double>& times, double share) {
  const auto index = static_cast<size_t>(share * static_cast<double>(times.size()));
  return times[std::min(index, times.size() - 1)];
}

}  // namespace

Findings::Findings(const std::string& bodies) {
  if (bodies.empty()) return;
  bodies_.exceptions(std::ios::failbit | std::ios::badbit);
  bodies_.open(bodies);
}

void Findings::Add(int status, std::chrono::steady_clock::duration took, std::string_view body) {
  milliseconds_[status].push_back(1000 * Seconds(took));
  if (bodies_.is_open() && status == 200) bodies_ << body << '\n';
}

std::string Findings::ToJson(std::chrono::steady_clock::duration took, size_t sent) {
  nlohmann::json answers = nlohmann::json::object();
  for (auto& [status, times] : milliseconds_) {
    std::sort(times.begin(), times.end());
    answers[std::to_string(status)] = {{"count", times.size()},
                                       {"p50", Percentile(times, 0.5)},
                                       {"p95", Percentile(times, 0.95)},
                                       {"p99", Percentile(times, 0.99)}};
  }
  return nlohmann::json{
      {"seconds", Seconds(took)}, {"sent", sent}, {"errors", errors_}, {"answers", answers}}
      .dump();
}

}  // namespace fsft::bench
