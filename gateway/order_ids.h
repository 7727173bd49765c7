// How orders are named in paths.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/handler.h"

namespace fsft::gateway {

// The order of the Stripe session that the path names. INVALID_ARGUMENT "invalid_session_id" when
// it cannot be one, NOT_FOUND when nobody knows it.
absl::StatusOr<payment::GetOrderResponse> OrderOfSession(const Services& services,
                                                         const Call& call);

// The order of the payment id that the path names; NOT_FOUND when nobody knows it or it cannot be
// one.
absl::StatusOr<payment::GetOrderResponse> OrderOfPayment(const Services& services,
                                                         const Call& call);

}  // namespace fsft::gateway
