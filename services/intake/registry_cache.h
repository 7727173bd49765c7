#pragma once

#include <memory>
#include <mutex>

#include "services/intake/intake_store.h"
#include "services/intake/registry.h"

namespace fsft::intake {

// The registry as it stood at the last look. Thread-safe. A changed row counts within one refresh,
// without a restart; a row that cannot be used leaves the last good registry in force, and says so
// in the log.
class RegistryCache {
 public:
  RegistryCache(IntakeStore& store, ServedUnverified unverified)
      : store_(store), unverified_(std::move(unverified)) {}

  // Loads it if there is none yet.
  absl::StatusOr<std::shared_ptr<const Registry>> Get(db::Deadline deadline);
  absl::Status Refresh(db::Deadline deadline);

 private:
  IntakeStore& store_;
  const ServedUnverified unverified_;
  std::mutex mutex_;
  std::shared_ptr<const Registry> registry_;
};

}  // namespace fsft::intake
