#pragma once

#include <functional>

#include "absl/status/status.h"
#include "tests/schedules/chance.h"

namespace fsft::schedules {

// The process ends here: nothing that it was about to do is done, and what it knew is forgotten.
struct Crash {};

// What goes wrong between the steps, as chance decides.
class Faults {
 public:
  explicit Faults(Chance& chance) : chance_(chance) {}

  void Start() { on_ = true; }
  void Stop() {
    on_ = false;
    points_left_ = 0;
  }
  // Once in n times, and never without faults.
  bool OneIn(int n) { return on_ && chance_.OneIn(n); }
  // 0 to n - 1, and n without faults.
  int Below(int n) { return on_ ? chance_.Below(n) : n; }

  // The process crashes when it passes a point for the n-th time from now.
  void CrashAt(int points) { points_left_ = points; }
  // Between two statements, or before and after a call to another process.
  void PassPoint() {
    if (points_left_ > 0 && --points_left_ == 0) throw Crash();
  }

  // A call to another service, which may be lost on its way there or on its way back.
  absl::Status Call(const std::function<absl::Status()>& call) {
    PassPoint();
    const int fate = Below(6);
    if (fate == 0) return absl::UnavailableError("lost on its way");
    absl::Status status = call();
    PassPoint();
    if (fate == 1) return absl::DeadlineExceededError("the answer was lost");
    return status;
  }

 private:
  Chance& chance_;
  bool on_ = true;
  int points_left_ = 0;
};

}  // namespace fsft::schedules
