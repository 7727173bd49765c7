#pragma once

#include "tests/sandbox/json.h"

namespace fsft::sandbox {

// Is every leaf of `wanted` at its place in `entry`? Queries and forms hold only text, so that a
// text also stands for the number or the boolean that is written so, and the other way round.
bool Matches(const Json& entry, const Json& wanted);

}  // namespace fsft::sandbox
