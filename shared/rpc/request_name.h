#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fsft::rpc {

// By what a request that must not be done twice is recognised when it comes again. Services store
// only hashes of it.
struct RequestName {
  // Never the same for a client's own key and for a request without one.
  std::string name;
  // How long it counts.
  std::chrono::seconds lifetime{};
};

// `idempotency_key` is the client's own, 16 to 255 characters; empty: the request is recognised by
// `digest`, the SHA-256 of its body, for as long as somebody may press a button twice.
// INVALID_ARGUMENT with violations for a key or a digest that cannot be one.
absl::StatusOr<RequestName> NameRequest(std::string_view idempotency_key, std::string_view digest);

}  // namespace fsft::rpc
