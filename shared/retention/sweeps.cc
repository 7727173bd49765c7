#include "shared/retention/sweeps.h"

#include <utility>

namespace fsft::retention {

namespace {

constexpr std::chrono::hours kPoll{1};

}  // namespace

Sweeps::Sweeps(std::vector<Kind> kinds, db::Database& database, metrics::Registry& registry,
               config::Retention mode)
    : registry_(registry) {
  if (mode == config::Retention::kOff) return;
  for (Kind& kind : kinds)
    sweeps_.push_back(std::make_unique<Sweep>(std::move(kind), database, registry, mode));
}

void Sweeps::Start(work::Workers& workers) {
  if (sweeps_.empty()) return;
  workers.Start({.name = "retention", .poll = kPoll}, registry_, [this] { return Step(); });
}

absl::StatusOr<int> Sweeps::Step() {
  while (at_ < sweeps_.size()) {
    absl::StatusOr<int> looked = sweeps_[at_]->Step();
    if (looked.ok() && *looked > 0) return looked;
    ++at_;
    if (!looked.ok()) return looked;
  }
  at_ = 0;
  return 0;
}

}  // namespace fsft::retention
