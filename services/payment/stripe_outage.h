#pragma once

#include <chrono>

#include "absl/status/status.h"

namespace fsft::payment {

// Whether a question to Stripe failed in a way that the next one would share: no answer, an answer
// of no use, or no database to keep it in.
bool IsOutage(const absl::Status& status);

// What an operator hears of it: UNAVAILABLE "stripe_unavailable", or "stripe_busy" with retry_after
// when Stripe was not asked because it is left in peace. Other errors stay what they are.
absl::Status ForOperator(const absl::Status& status);

// Stripe is not asked for so long.
absl::Status LeftInPeace(std::chrono::seconds retry_after);

}  // namespace fsft::payment
