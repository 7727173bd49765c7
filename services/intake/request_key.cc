#include "services/intake/request_key.h"

#include <algorithm>

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
  const std::vector<std::string> hmacs = LookupHmacs(keys, method, key);
  const std::vector<std::string> digests = LookupHmacs(keys, "request_body", digest);
  RequestKey request{.key_hmac = hmacs.front(),
                     .digest = digests.front(),
                     .lookup_key_id = keys.Current(crypto::Purpose::kLookup).id,
                     .lifetime = automatic ? kAutomaticLifetime : kNamedLifetime};
  for (size_t i = 1; i < hmacs.size(); ++i) {
    request.older.push_back({.key_hmac = hmacs[i], .digest = digests[i]});
  }
  return request;
}

std::vector<std::string> RequestKey::OlderHmacs() const {
  std::vector<std::string> hmacs;
  for (const Older& one : older) hmacs.push_back(one.key_hmac);
  return hmacs;
}

std::vector<std::string> RequestKey::AllHmacs() const {
  std::vector<std::string> hmacs = OlderHmacs();
  hmacs.push_back(key_hmac);
  return hmacs;
}

bool RequestKey::HasDigest(std::string_view stored_hmac, std::string_view stored_digest) const {
  if (stored_hmac == key_hmac) return stored_digest == digest;
  const auto found = std::ranges::find(older, stored_hmac, &Older::key_hmac);
  return found != older.end() && found->digest == stored_digest;
}

absl::Status KeyReused() {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "idempotency_key_reused",
                    "this Idempotency-Key was used for another request");
}

}  // namespace fsft::intake
