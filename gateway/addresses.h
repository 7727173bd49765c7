// Whether an answer will reach the motorist: asked before an appeal is taken, and never waited for
// long.
#pragma once

#include "gateway/handler.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {

using Violations = google::protobuf::RepeatedPtrField<rpc::FieldViolation>;

// What is wrong with an address to which no mail is delivered, for intake to refuse; nothing for
// any other, for one that is not complete, and when fulfillment does not answer at once: an order
// must not depend on it.
Violations UndeliverableParts(const Services& services, const Call& call,
                              const intake::Sender& sender);

// The same of an intake after a change: what of the address the change does not name, the intake
// has.
Violations UndeliverableParts(const Services& services, const Call& call,
                              const intake::UpdateIntakeRequest& change);

}  // namespace fsft::gateway
