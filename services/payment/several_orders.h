#pragma once

#include "absl/status/status.h"
#include "fightsftickets/payment/v1/payments.pb.h"
#include "services/payment/payment_store.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// PaymentsService.GetOrders: each order as it is stored, with one statement for each kind of key.
absl::Status FindSeveral(PaymentStore& store,
                         const fightsftickets::payment::v1::GetOrdersRequest& request,
                         rpc::Deadline deadline,
                         fightsftickets::payment::v1::GetOrdersResponse& response);

}  // namespace fsft::payment
