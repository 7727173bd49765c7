#pragma once

#include "absl/status/statusor.h"
#include "tests/sandbox/api/call.h"

namespace httplib {
struct Request;
}

namespace fsft::sandbox {

// Reads query and body: url-encoded, multipart (whose raw body httplib does not keep) or JSON.
// kInvalidArgument with a message for the sender.
absl::StatusOr<Call> DecodeCall(const httplib::Request& request);

}  // namespace fsft::sandbox
