#pragma once

#include <string>
#include <string_view>

#include "shared/time/clock.h"

namespace fsft::ids {

// A UUIDv7 (RFC 9562) in canonical lower case form. Within a process every id sorts after all
// earlier ones, whichever thread asked and even when the clock stands still or steps back, so rows
// are appended to their index instead of being scattered over it. Ids identify and are no secret:
// nothing may be authorised by knowing one. Thread-safe; lock-free.
std::string NewUuidV7(time::TimePoint now);

// Whether `text` is a UUID of any version in canonical form: 36 characters, lower case. Handlers
// ask this before an id from outside reaches the database, whose own check would be an error of the
// statement, not of the caller.
bool IsUuid(std::string_view text);

}  // namespace fsft::ids
