#include "shared/work/backoff.h"

#include <algorithm>
#include <random>

namespace fsft::work {

std::chrono::milliseconds Backoff::After(int failures, double spread) const {
  // 2^30 of anything is beyond every cap; shifting further would overflow.
  const auto doubled = first * (int64_t{1} << std::clamp(failures - 1, 0, 30));
  const auto pause = std::min(doubled, cap);
  return std::chrono::milliseconds(static_cast<int64_t>(pause.count() * (0.8 + 0.4 * spread)));
}

std::chrono::milliseconds Backoff::After(int failures) const {
  thread_local std::minstd_rand random(std::random_device{}());
  return After(failures, std::uniform_real_distribution<double>(0, 1)(random));
}

}  // namespace fsft::work
