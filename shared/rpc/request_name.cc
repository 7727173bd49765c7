#include "shared/rpc/request_name.h"

#include "absl/strings/escaping.h"
#include "shared/rpc/status.h"

namespace fsft::rpc {

namespace {

constexpr size_t kSha256Bytes = 32;
constexpr size_t kShortestKey = 16;
constexpr size_t kLongestKey = 255;
// A client that names its key says how long it may retry; without one, only a double click or a
// lost answer is caught.
constexpr std::chrono::seconds kNamedLifetime = std::chrono::hours(24);
constexpr std::chrono::seconds kAutomaticLifetime = std::chrono::minutes(15);

}  // namespace

absl::StatusOr<RequestName> NameRequest(std::string_view idempotency_key, std::string_view digest) {
  if (digest.size() != kSha256Bytes) {
    return InvalidFields({Violation("request_digest", "invalid", "must be 32 bytes")});
  }
  if (idempotency_key.empty()) {
    const std::string hex = absl::BytesToHexString({digest.data(), digest.size()});
    return RequestName{.name = "auto:" + hex, .lifetime = kAutomaticLifetime};
  }
  if (idempotency_key.size() < kShortestKey || idempotency_key.size() > kLongestKey) {
    return InvalidFields(
        {Violation("Idempotency-Key", "invalid_length", "must have 16 to 255 characters")});
  }
  return RequestName{.name = "named:" + std::string(idempotency_key), .lifetime = kNamedLifetime};
}

}  // namespace fsft::rpc
