#pragma once

#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/intake_store.h"
#include "services/intake/registry_cache.h"
#include "shared/crypto/key_source.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Takes an appeal for payment, once for each request however often it is sent. Thread-safe.
class Submitter {
 public:
  // All outlive it.
  Submitter(IntakeStore& store, RegistryCache& registry, crypto::KeySource& keys,
            const time::Clock& clock)
      : store_(store), registry_(registry), keys_(keys), clock_(clock) {}

  // Errors are those of CheckAppeal and IntakeStore::Submit, and INVALID_ARGUMENT with violations
  // for a key or a digest that cannot be one.
  absl::StatusOr<StoredAppeal> Submit(
      const fightsftickets::intake::v1::SubmitAppealRequest& request, db::Deadline deadline);

  // As Submit, for several with one commit; answers for each, in their order. Nothing for one that
  // is refused or was sent before, of which only Submit tells more.
  absl::StatusOr<std::vector<std::optional<StoredAppeal>>> SubmitTogether(
      std::span<const fightsftickets::intake::v1::SubmitAppealRequest* const> requests,
      db::Deadline deadline);

  // What Submit would freeze now. Errors are CheckAppeal's.
  absl::StatusOr<fightsftickets::intake::v1::Submission> Compose(
      const fightsftickets::intake::v1::SubmitAppealRequest& request, db::Deadline deadline);

 private:
  IntakeStore& store_;
  RegistryCache& registry_;
  crypto::KeySource& keys_;
  const time::Clock& clock_;
};

}  // namespace fsft::intake
