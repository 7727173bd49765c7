#pragma once

#include <memory>
#include <vector>

#include "services/intake/eraser.h"
#include "services/intake/intake_store.h"
#include "shared/crypto/key_source.h"
#include "shared/retention/sweeps.h"
#include "shared/rotation/renewal.h"
#include "shared/work/workers.h"

namespace fsft::config {
struct Config;
}

namespace fsft::intake {

// The background work of one intake replica: it forgets old requests, brings rows under new keys,
// erases again whom a restored backup has brought back, and blanks what was kept for long enough.
// Without FSFT_WORKERS it does nothing, and leaves the work to other replicas.
class Background {
 public:
  // All but `config` outlive it.
  Background(const config::Config& config, db::Database& database, IntakeStore& store,
             Eraser& eraser, crypto::KeySource& keys, metrics::Registry& registry);

  // Begins nothing more, and returns at once.
  void StopClaiming() { workers_.StopClaiming(); }
  // And finishes the steps under way.
  void Stop() { workers_.Stop(); }

 private:
  const std::stop_source stop_;
  std::vector<std::unique_ptr<rotation::Renewal>> renewals_;
  retention::Sweeps sweeps_;
  // Last: they use all of the above.
  work::Workers workers_{stop_};
};

}  // namespace fsft::intake
