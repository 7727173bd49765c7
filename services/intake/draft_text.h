#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/registry.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// A complete letter: the facts of the citation, then the customer's story as it was written, then a
// request for review. The words around the story argue nothing and promise nothing; whatever is an
// argument is the customer's own. The letter can be handed in as it is.
// INVALID_ARGUMENT with all field violations at once ("story" "too_long" when letter and story
// would exceed a letter's length), or "city_not_served".
absl::StatusOr<std::string> WriteDraft(
    const fightsftickets::intake::v1::GenerateDraftRequest& request, const Registry& registry,
    time::TimePoint now);

}  // namespace fsft::intake
