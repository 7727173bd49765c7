// The one map from the suite's errors to HTTP's.
#pragma once

#include "absl/status/status.h"
#include "gateway/problem.h"

namespace fsft::gateway {

// What to answer for a failed call. `status` is not OK.
//   INVALID_ARGUMENT: 422, or 400 when the reason says that the request could not even be read, or
//   415 for "unsupported_media_type"
//   UNAUTHENTICATED: 401
//   NOT_FOUND: 404
//   ALREADY_EXISTS, FAILED_PRECONDITION: 409, with the ids of the order
//   "stripe_unavailable", "stripe_refused": 502, with the ids; the order is kept
//   UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED, DEADLINE_EXCEEDED: 503 with Retry-After
//   everything else: 500. PERMISSION_DENIED too: that a service refuses our certificate is our
//   fault, not the client's.
Problem ToProblem(const absl::Status& status);

}  // namespace fsft::gateway
