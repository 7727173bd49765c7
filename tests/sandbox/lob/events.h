#pragma once

#include <string>

#include "shared/time/clock.h"
#include "tests/sandbox/json.h"
#include "tests/sandbox/webhooks/sender.h"

namespace fsft::sandbox::lob {

// The webhook that tells of a letter. `type` is Lob's, "letter.mailed"; `body` what Lob shows of
// the letter: the letter itself, or the answer to its cancelling.
WebhookEvent NewEvent(const std::string& type, const Json& body, time::TimePoint now);

// Adds a scan by the mail to the letter's tracking_events and answers the type of its webhook.
// `event` is the end of that type: "mailed", "in_transit", "delivered". Refuses (throws Refusal)
// what letters of this kind are never told.
std::string AddTrackingEvent(Json& letter, const std::string& event, time::TimePoint now);

}  // namespace fsft::sandbox::lob
