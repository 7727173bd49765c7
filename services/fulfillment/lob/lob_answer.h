#pragma once

#include "absl/status/statusor.h"
#include "services/fulfillment/lob/printer.h"
#include "shared/http/client.h"

namespace fsft::fulfillment {

// What Lob's answer to POST /letters, or the lack of one, proves. Whatever is not understood counts
// as "may have been accepted": a doubt costs a search, a wrong certainty costs a second letter.
PrintAnswer ReadLobAnswer(const absl::StatusOr<http::Response>& response);

}  // namespace fsft::fulfillment
