// The body of POST /api/checkout/create-session.
#pragma once

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "gateway/http/message.h"

namespace fsft::gateway {

// Reads types and forms only; whether a value is acceptable, intake says, under the same field
// names. Errors: "malformed_json", "validation_failed" with violations, "invalid_idempotency_key".
absl::StatusOr<fightsftickets::intake::v1::SubmitAppealRequest> ReadAppeal(
    const http::Request& request);

}  // namespace fsft::gateway
