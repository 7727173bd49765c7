#include "gateway/idempotency_key.h"

#include <algorithm>

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

}  // namespace fsft::gateway
