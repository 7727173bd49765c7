#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "shared/config/secret.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// How far the time in a signature may be from ours, past and future alike. Stripe's own libraries
// let the future pass.
inline constexpr std::chrono::seconds kSignatureTolerance{300};

// Checks a Stripe-Signature header ("t=…,v1=…[,v1=…]") over the body's exact bytes. Any of the
// secrets and any of the v1 signatures will do: both come in pairs while a secret is being
// replaced. INVALID_ARGUMENT "invalid_signature"; the message tells operators what is wrong with it
// and repeats nothing of it.
absl::Status VerifyStripeSignature(std::string_view payload, std::string_view header,
                                   const std::vector<config::Secret>& secrets, time::TimePoint now);

}  // namespace fsft::payment
