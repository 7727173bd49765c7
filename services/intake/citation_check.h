#pragma once

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/registry.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Whose a citation number is and until when it can be appealed. Depends on nothing but its
// arguments: what one caller asks cannot change what the next one is told.
// INVALID_ARGUMENT with a violation of violation_date for one that is none or lies ahead.
absl::StatusOr<fightsftickets::intake::v1::ValidateCitationResponse> CheckCitationNumber(
    const fightsftickets::intake::v1::ValidateCitationRequest& request, const Registry& registry,
    time::TimePoint now);

// Every city of the registry. What has left its file is not in it.
fightsftickets::intake::v1::ListCitiesResponse CityList(const Registry& registry);

}  // namespace fsft::intake
