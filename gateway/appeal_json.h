// The bodies of which an appeal is made.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "gateway/http/message.h"

namespace fsft::gateway {

// Everything here reads types and forms only; whether a value is acceptable, intake says, under the
// same field names. Errors: "malformed_json", "validation_failed" with violations,
// "invalid_idempotency_key".

// The body of POST /api/checkout/create-session. `access_token` is the caller's, or empty.
absl::StatusOr<fightsftickets::intake::v1::SubmitAppealRequest> ReadAppeal(
    const http::Request& request, std::string_view access_token);
// Of POST /api/intakes.
absl::StatusOr<fightsftickets::intake::v1::CreateIntakeRequest> ReadNewIntake(
    const http::Request& request);
// Of PATCH /api/intakes/{id}: a field that is there is changed, and null empties it. The intake and
// its token are the caller's business.
absl::StatusOr<fightsftickets::intake::v1::UpdateIntakeRequest> ReadChanges(
    const http::Request& request);
// Of POST /api/intakes/{id}/drafts.
absl::StatusOr<fightsftickets::intake::v1::SaveDraftRequest> ReadDraft(
    const http::Request& request);

}  // namespace fsft::gateway
