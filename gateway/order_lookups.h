#pragma once

#include "fightsftickets/payment/v1/payments.grpc.pb.h"
#include "shared/rpc/client.h"
#include "shared/work/gathering.h"

namespace fsft::gateway {

namespace payment = fightsftickets::payment::v1;

// Look-ups of orders, the most frequent thing that we are asked: those that come together go to
// payment together. They travel under the request id of one of them. Thread-safe.
class OrderLookups {
 public:
  // `payments` outlives it.
  explicit OrderLookups(const rpc::Client<payment::PaymentsService>& payments);

  // As PaymentsService.GetOrder. Blocks until `deadline` at most.
  absl::StatusOr<payment::GetOrderResponse> Get(const payment::GetOrderRequest& request,
                                                rpc::Deadline deadline);

 private:
  absl::StatusOr<payment::GetOrderResponse> GetAlone(const payment::GetOrderRequest& request,
                                                     rpc::Deadline deadline);

  const rpc::Client<payment::PaymentsService>& payments_;
  work::Gathering<payment::GetOrderRequest, payment::FoundOrder> gathering_;
};

}  // namespace fsft::gateway
