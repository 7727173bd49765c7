#include "services/intake/request_key.h"

#include <algorithm>

#include "services/intake/sealing.h"
#include "shared/rpc/request_name.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

absl::StatusOr<RequestKey> RequestKeyOf(const crypto::KeyRing& keys, std::string_view method,
                                        std::string_view name, std::string_view digest) {
  absl::StatusOr<rpc::RequestName> named = rpc::NameRequest(name, digest);
  if (!named.ok()) return named.status();
  const std::vector<std::string> hmacs = LookupHmacs(keys, method, named->name);
  const std::vector<std::string> digests = LookupHmacs(keys, "request_body", digest);
  RequestKey request{.key_hmac = hmacs.front(),
                     .digest = digests.front(),
                     .lookup_key_id = keys.Current(crypto::Purpose::kLookup).id,
                     .lifetime = named->lifetime};
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
