#pragma once

#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fsft::bench {

// What the answers were, and how long each took.
class Findings {
 public:
  // `bodies`: a file for what was answered 200, a line each; none when empty.
  explicit Findings(const std::string& bodies);

  void Add(int status, std::chrono::steady_clock::duration took, std::string_view body);
  // A connection that failed, or an answer that was none.
  void AddError() { ++errors_; }

  // {"seconds", "sent", "errors", "answers": {"200": {"count", "p50", "p95", "p99"}, ...}}, times in
  // milliseconds.
  std::string ToJson(std::chrono::steady_clock::duration took, size_t sent);

 private:
  std::map<int, std::vector<double>> milliseconds_;
  size_t errors_ = 0;
  std::ofstream bodies_;
};

}  // namespace fsft::bench
