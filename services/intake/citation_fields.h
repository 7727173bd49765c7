#pragma once

#include <string>

#include "fightsftickets/intake/v1/submission.pb.h"
#include "services/intake/field_checks.h"
#include "services/intake/registry.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Trimmed, and the number in its one form.
fightsftickets::intake::v1::Citation NormalizedCitation(
    const fightsftickets::intake::v1::Citation& given);

// The authority of a normalised citation. Null when the number is no authority's, or more than
// one's; the reason is in `checks` then. `typed` is the number as it was handed in.
const Authority* CheckCitation(std::string typed, fightsftickets::intake::v1::Citation& citation,
                               const Registry& registry, FieldChecks& checks);

// Not in the future and not older than five years, in the days of the authority's city. Without an
// authority there are no days to compare with, so only the form is checked.
void CheckViolationDate(const std::string& date, const Authority* authority, time::TimePoint now,
                        FieldChecks& checks);

}  // namespace fsft::intake
