#pragma once

#include <chrono>

namespace fsft::rpc {

// When an answer is of no use any more. On the steady clock: a step of the machine's wall clock
// must neither end a call nor prolong one. Made once, at the edge of the suite, and handed down
// from call to call.
using Deadline = std::chrono::steady_clock::time_point;

inline Deadline In(std::chrono::nanoseconds time) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(time);
}

// What is left until `deadline`; negative when it has passed.
inline std::chrono::nanoseconds Remaining(Deadline deadline) {
  return deadline - std::chrono::steady_clock::now();
}

}  // namespace fsft::rpc
