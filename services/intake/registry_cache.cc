#include "services/intake/registry_cache.h"

namespace fsft::intake {

absl::StatusOr<std::shared_ptr<const Registry>> RegistryCache::Get(db::Deadline deadline) {
  {
    std::lock_guard lock(mutex_);
    if (registry_ != nullptr) return registry_;
  }
  if (absl::Status status = Refresh(deadline); !status.ok()) return status;
  std::lock_guard lock(mutex_);
  return registry_;
}

absl::Status RegistryCache::Refresh(db::Deadline deadline) {
  absl::StatusOr<std::vector<AuthorityRow>> rows = store_.LoadRegistry(deadline);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<Registry> registry = Registry::Create(*rows, unverified_);
  if (!registry.ok()) return registry.status();
  std::lock_guard lock(mutex_);
  registry_ = std::make_shared<const Registry>(*std::move(registry));
  return absl::OkStatus();
}

}  // namespace fsft::intake
