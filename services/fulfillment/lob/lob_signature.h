#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "shared/config/secret.h"
#include "shared/time/clock.h"

namespace fsft::fulfillment {

// How far the time in a signature may be from ours, past and future alike.
inline constexpr std::chrono::seconds kSignatureTolerance{300};

// Checks the headers Lob-Signature (hexadecimal HMAC-SHA256 of "<timestamp>.<payload>") and
// Lob-Signature-Timestamp (Unix time in seconds or in milliseconds) over the body's exact bytes.
// Any of the secrets will do: there are two while one is being replaced. INVALID_ARGUMENT
// "invalid_signature"; the message tells operators what is wrong with it and repeats nothing of it.
absl::Status VerifyLobSignature(std::string_view payload, std::string_view signature,
                                std::string_view timestamp,
                                const std::vector<config::Secret>& secrets, time::TimePoint now);

}  // namespace fsft::fulfillment
