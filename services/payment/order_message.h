#pragma once

#include "fightsftickets/payment/v1/payments.pb.h"
#include "services/payment/payment.h"

namespace fsft::payment {

void ToMessage(const Order& order, fightsftickets::payment::v1::GetOrderResponse& message);

}  // namespace fsft::payment
