#pragma once

#include <chrono>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fightsftickets/common/v1/common.pb.h"

namespace grpc {
class Status;
}

// One error set for all services. Inside a process an error is an absl::Status; between processes
// it is a grpc::Status whose details carry a common.v1.ErrorDetail. A text reaches another process
// only if it was made for it, by Error(): whatever a database, a library or the kernel said about a
// failure stays in our logs.
namespace fsft::rpc {

using ErrorDetail = fightsftickets::common::v1::ErrorDetail;
using FieldViolation = fightsftickets::common::v1::FieldViolation;

// An error for the caller. `reason` is a stable snake_case code that the gateway and tests switch
// on ("already_paid"); `message` is one English sentence without personal data.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message = "");

FieldViolation Violation(std::string_view field, std::string_view code, std::string_view message);

// INVALID_ARGUMENT "invalid_fields": what is wrong with a request, all of it at once.
absl::Status InvalidFields(const std::vector<FieldViolation>& violations);

// Each adds to the detail of an error and gives the error back. Use: return WithIds(Error(...),
// {{"payment_id", id}});
absl::Status WithViolations(absl::Status status, const std::vector<FieldViolation>& violations);
absl::Status WithIds(absl::Status status,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> ids);
absl::Status WithRetryAfter(absl::Status status, std::chrono::seconds wait);

// The detail of any error. One that was not made by Error() (a lost connection, a failed statement)
// has only a reason: its code in lower case ("unavailable"), or "internal" for what callers cannot
// act on.
ErrorDetail DetailOf(const absl::Status& status);

// Whether a caller gets to see the message: made by Error(), and not with a code that stands for a
// fault of ours (INTERNAL, UNKNOWN, DATA_LOSS).
bool IsForCallers(const absl::Status& status);

// The way out, used by ServiceGuard, and the way in, used by Client.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace fsft::rpc
