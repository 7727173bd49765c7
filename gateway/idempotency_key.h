// The Idempotency-Key header, as every route that stores something takes it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "gateway/http/message.h"

namespace fsft::gateway {

// Empty when the client sent none. INVALID_ARGUMENT "invalid_idempotency_key" for what can be none.
absl::StatusOr<std::string> IdempotencyKeyOf(const http::Request& request);

// By what a request with a JSON body is recognised when it comes again. Errors as above.
absl::StatusOr<fightsftickets::intake::v1::RequestKey> RequestKeyOf(const http::Request& request);

}  // namespace fsft::gateway
