#pragma once

#include <chrono>

namespace fsft::work {

// Doubles from `first` up to `cap`, and is spread by ±20 % so that jobs that failed together do not
// come back together.
struct Backoff {
  std::chrono::milliseconds first;
  std::chrono::milliseconds cap;

  // The pause after the given number of failures, one or more. `spread` is a random number of [0,
  // 1).
  std::chrono::milliseconds After(int failures, double spread) const;
  std::chrono::milliseconds After(int failures) const;
};

}  // namespace fsft::work
