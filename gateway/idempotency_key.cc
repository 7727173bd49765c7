#include "gateway/idempotency_key.h"

#include <algorithm>

#include "shared/crypto/digest.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {

absl::StatusOr<std::string> IdempotencyKeyOf(const http::Request& request) {
  const std::string_view key = request.Find("Idempotency-Key");
  // A header that is there and empty reads like none; no client means one by it.
  const bool printable =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!key.empty() && (key.size() < 16 || key.size() > 255 || !printable)) {
    return rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_idempotency_key",
                      "An Idempotency-Key has 16 to 255 printable characters without blanks.");
  }
  return std::string(key);
}

absl::StatusOr<fightsftickets::intake::v1::RequestKey> RequestKeyOf(const http::Request& request) {
  absl::StatusOr<std::string> name = IdempotencyKeyOf(request);
  if (!name.ok()) return name.status();
  fightsftickets::intake::v1::RequestKey key;
  key.set_idempotency_key(*std::move(name));
  // Of the bytes, not of their meaning: a repeat is the same request sent again.
  key.set_request_digest(crypto::Sha256(request.body));
  return key;
}

}  // namespace fsft::gateway
