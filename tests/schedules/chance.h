#pragma once

#include <cstdint>
#include <random>

namespace fsft::schedules {

// All that is random in a schedule, from its seed. The same on every machine, which the standard
// library's distributions are not.
class Chance {
 public:
  void Seed(uint32_t seed) { random_.seed(seed); }
  // 0 to n - 1.
  int Below(int n) { return static_cast<int>(random_() % n); }
  bool OneIn(int n) { return Below(n) == 0; }

 private:
  std::mt19937 random_;
};

}  // namespace fsft::schedules
