#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/registry.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Checks what a motorist handed in, against every rule that must hold before money moves, and makes
// of it the submission to freeze: normalised, with the agency's address and the city's date.
// INVALID_ARGUMENT with all field violations at once (fields are called as in the REST contract);
// INVALID_ARGUMENT "city_not_served" or "deadline_passed".
absl::StatusOr<fightsftickets::intake::v1::Submission> CheckAppeal(
    const fightsftickets::intake::v1::SubmitAppealRequest& request, const Registry& registry,
    time::TimePoint now);

using Violations = google::protobuf::RepeatedPtrField<fightsftickets::common::v1::FieldViolation>;

// What is known of a person so far, in the form that is stored, if it is right; what is missing may
// come later. INVALID_ARGUMENT with all field violations at once, those that others have found
// included.
absl::StatusOr<fightsftickets::intake::v1::Person> CheckStep(
    const fightsftickets::intake::v1::Person& given, const Violations& sender_violations,
    const Registry& registry, time::TimePoint now);

// A letter that is not offered for payment yet, of which a submission is made later.
// INVALID_ARGUMENT with all field violations at once.
absl::StatusOr<fightsftickets::intake::v1::Submission> CheckLetter(
    const std::string& text, fightsftickets::common::v1::AppealType type,
    const std::string& signature_png);

// The citation's number as a submission has it, whether or not we take the appeal.
std::string CitationNumberOf(const fightsftickets::intake::v1::SubmitAppealRequest& request);

}  // namespace fsft::intake
