#pragma once

#include <string>

#include "fightsftickets/intake/v1/submission.pb.h"
#include "services/intake/field_checks.h"

namespace fsft::intake {

// Whether a letter whose fields are right one by one can be printed as a whole. What takes too much
// room is added to `checks`. The bounds are of the worst case; tests/printing proves them with the
// typesetter.

// A line in the list of what is enclosed; no packaged font's is higher at that size.
inline constexpr double kMostEnclosureLine = 30;

// The text, with a signature and five photographs, must be within what the printer takes: 60 pages
// and 5 MiB.
void CheckTextRoom(const std::string& text, FieldChecks& checks);

// What stands before the text must leave it a line on the first page, and what stands after it must
// fit on one.
void CheckRoomAroundText(const fightsftickets::intake::v1::Submission& submission,
                         FieldChecks& checks);

// A photograph's caption must leave the photograph most of its page.
void CheckCaptionRoom(const std::string& caption, FieldChecks& checks);

}  // namespace fsft::intake
