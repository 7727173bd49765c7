#include "services/intake/request_key.h"

#include "services/intake/sealing.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

constexpr size_t kSha256Bytes = 32;
constexpr size_t kShortestName = 16;
constexpr size_t kLongestName = 255;
// A client that names its key says how long it may retry; without one, only a double click or a
// lost answer is caught.
constexpr std::chrono::seconds kNamedLifetime = std::chrono::hours(24);
constexpr std::chrono::seconds kAutomaticLifetime = std::chrono::minutes(15);

}  // namespace

absl::StatusOr<RequestKey> RequestKeyOf(const crypto::KeyRing& keys, std::string_view method,
                                        std::string_view name, std::string_view digest) {
  if (digest.size() != kSha256Bytes) {
    return rpc::InvalidFields({rpc::Violation("request_digest", "invalid", "must be 32 bytes")});
  }
  if (!name.empty() && (name.size() < kShortestName || name.size() > kLongestName)) {
    return rpc::InvalidFields(
        {rpc::Violation("Idempotency-Key", "invalid_length", "must have 16 to 255 characters")});
  }
  const bool automatic = name.empty();
  const std::string key =
      automatic ? "auto:" + crypto::HexEncode(digest) : "named:" + std::string(name);
  return RequestKey{.key_hmac = LookupHmac(keys, method, key),
                    .digest = std::string(digest),
                    .lifetime = automatic ? kAutomaticLifetime : kNamedLifetime};
}

}  // namespace fsft::intake
