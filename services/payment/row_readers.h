#pragma once

#include "services/payment/payment.h"
#include "services/payment/refund.h"
#include "shared/db/row.h"

// How rows become orders and refunds, for the statements that list these columns first and in this
// order.
namespace fsft::payment {

std::optional<time::TimePoint> TimeOrNothing(const db::Row& row, size_t column);
// The columns of kFindByPayments, kFindBySessions, kFindByIntake and kListed.
Order ReadOrder(const db::Row& row);
// The columns of kRefund and kRefundsOf.
Refund ReadRefund(const db::Row& row);

}  // namespace fsft::payment
