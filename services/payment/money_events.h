#pragma once

#include "absl/status/statusor.h"
#include "services/payment/applied_event.h"
#include "services/payment/stripe_event.h"
#include "shared/db/database.h"

namespace fsft::payment {

// Whether it tells of a refund or a dispute, and not of a checkout session.
bool ChangesTheBalance(const StripeEvent& event);

// For EventStore: takes such an event, in one transaction under the payment's lock. They are few,
// and what they say adds up to the same in whichever order they come.
absl::StatusOr<AppliedEvent> ApplyToBalance(db::Database& database, const StripeEvent& event,
                                            bool livemode, db::Deadline deadline);

}  // namespace fsft::payment
