#pragma once

#include <memory>
#include <vector>

#include "shared/retention/sweep.h"
#include "shared/work/workers.h"

namespace fsft::retention {

// All of a service's sweeps, one after the other in one thread: nothing that is kept for months is
// in a hurry, and it must not get into the way of orders.
class Sweeps {
 public:
  // `database` and `registry` outlive it. With retention off it does nothing.
  Sweeps(std::vector<Kind> kinds, db::Database& database, metrics::Registry& registry,
         config::Retention mode);

  // Begins: a pass at once, and one every hour. `workers` stop before this goes.
  void Start(work::Workers& workers);

  // A batch of the sweep that it is at; 0 at the end of the last one. After a failure the next one
  // has its turn, and the rest is left to the next pass.
  absl::StatusOr<int> Step();

 private:
  metrics::Registry& registry_;
  std::vector<std::unique_ptr<Sweep>> sweeps_;
  size_t at_ = 0;
};

}  // namespace fsft::retention
