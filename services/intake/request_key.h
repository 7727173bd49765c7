#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/crypto/key_ring.h"

namespace fsft::intake {

// A request as it is recognised when it comes again: by keyed hashes only, because a short body
// could be guessed from a plain one.
struct RequestKey {
  // Under the ring's current lookup key, which a new row gets.
  std::string key_hmac{};
  // Of the SHA-256 of the request's body.
  std::string digest{};
  std::string lookup_key_id{};
  std::chrono::seconds lifetime{};

  // The same under the older keys of the ring, under which the request may have come before.
  struct Older {
    std::string key_hmac{};
    std::string digest{};
  };
  std::vector<Older> older{};

  // For `= ANY`: the hashes of a row that this request may have made, without and with the current
  // one.
  std::vector<std::string> OlderHmacs() const;
  std::vector<std::string> AllHmacs() const;
  // Whether a row that was found by `stored_hmac` is of the same body.
  bool HasDigest(std::string_view stored_hmac, std::string_view stored_digest) const;
};

// The key of a request to `method`: the same name means another request elsewhere. `name` is the
// client's own, 16 to 255 characters; empty: the request is recognised by its body, for as long as
// somebody may press a button twice. INVALID_ARGUMENT with violations for a name or a digest that
// cannot be one.
absl::StatusOr<RequestKey> RequestKeyOf(const crypto::KeyRing& keys, std::string_view method,
                                        std::string_view name, std::string_view digest);

// INVALID_ARGUMENT "idempotency_key_reused": the key came with another digest before.
absl::Status KeyReused();

}  // namespace fsft::intake
