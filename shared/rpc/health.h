#pragma once

#include "absl/status/status.h"
#include "shared/rpc/channels.h"
#include "shared/rpc/deadline.h"

namespace fsft::rpc {

// Asks the standard health service (grpc.health.v1) of the server behind `channels`, on the very
// connections that calls use. OK when it says SERVING; kUnavailable when it says anything else (the
// reason is then "not_serving") or cannot be reached. For readiness and status pages.
absl::Status CheckHealth(const Channels& channels, Deadline deadline);

}  // namespace fsft::rpc
