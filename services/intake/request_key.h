#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/crypto/key_ring.h"

namespace fsft::intake {

// A request as it is recognised when it comes again.
struct RequestKey {
  std::string key_hmac{};
  // SHA-256 of the request's body.
  std::string digest{};
  std::chrono::seconds lifetime{};
};

// The key of a request to `method`: the same name means another request elsewhere. `name` is the
// client's own, 16 to 255 characters; empty: the request is recognised by its body, for as long as
// somebody may press a button twice. INVALID_ARGUMENT with violations for a name or a digest that
// cannot be one.
absl::StatusOr<RequestKey> RequestKeyOf(const crypto::KeyRing& keys, std::string_view method,
                                        std::string_view name, std::string_view digest);

}  // namespace fsft::intake
