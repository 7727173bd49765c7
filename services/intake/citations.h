#pragma once

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/registry_cache.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Answers from the registry alone. Stores nothing, and remembers nothing between two calls.
// Thread-safe.
class Citations {
 public:
  // Both outlive it.
  Citations(RegistryCache& registry, const time::Clock& clock)
      : registry_(registry), clock_(clock) {}

  absl::StatusOr<fightsftickets::intake::v1::ListCitiesResponse> ListCities(db::Deadline deadline);
  absl::StatusOr<fightsftickets::intake::v1::ValidateCitationResponse> Validate(
      const fightsftickets::intake::v1::ValidateCitationRequest& request, db::Deadline deadline);
  absl::StatusOr<fightsftickets::intake::v1::GenerateDraftResponse> GenerateDraft(
      const fightsftickets::intake::v1::GenerateDraftRequest& request, db::Deadline deadline);

 private:
  RegistryCache& registry_;
  const time::Clock& clock_;
};

}  // namespace fsft::intake
