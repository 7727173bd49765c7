#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "shared/crypto/key_ring.h"

namespace fsft::intake {

// The customer's token for one intake: "<key id>.<HMAC of intake id and token version>". Nothing is
// stored, so a repeated request answers with the same token; raising the intake's token version
// revokes it.
std::string AccessToken(const crypto::KeyRing& keys, std::string_view intake_id,
                        int64_t token_version);

// Takes the same time wherever a token differs. False for a key that is no longer in the ring.
bool IsAccessToken(const crypto::KeyRing& keys, std::string_view token, std::string_view intake_id,
                   int64_t token_version);

// UNAUTHENTICATED "invalid_token": the same answer for every intake that the caller may not see,
// existing or not.
absl::Status InvalidToken();

}  // namespace fsft::intake
