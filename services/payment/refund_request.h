#pragma once

#include "absl/status/statusor.h"
#include "fightsftickets/payment/v1/admin.pb.h"
#include "services/payment/refund.h"

namespace fsft::payment {

// What an operator who is named asks for, checked. INVALID_ARGUMENT with violations.
absl::StatusOr<RefundWish> WishOf(const fightsftickets::payment::v1::RefundRequest& request);

// All of a payment back, as the end of a review. It is one request, however often it is made.
RefundWish WishToEndReview(const std::string& payment_id, const std::string& actor);

void ToMessage(const Refund& refund, fightsftickets::payment::v1::Refund& message);

}  // namespace fsft::payment
