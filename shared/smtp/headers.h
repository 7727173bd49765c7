#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/smtp/message.h"
#include "shared/time/clock.h"

namespace fsft::smtp {

// The header lines of a message, "Name: value" each, folded where they are long. INVALID_ARGUMENT,
// which never shows the value, when an address is none, or a text would break out of its header.
absl::StatusOr<std::vector<std::string>> HeadersOf(const Message& message);

// Of a header that is free text: as it is where it is plain ASCII, in encoded words (RFC 2047)
// otherwise, folded so that no line is too long.
std::string EncodeText(std::string_view text);

// "Sun, 29 Nov 2026 17:00:00 +0000".
std::string FormatDate(time::TimePoint when);

}  // namespace fsft::smtp
