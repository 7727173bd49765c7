#pragma once

#include <functional>

#include "fightsftickets/payment/v1/deliveries.grpc.pb.h"
#include "services/payment/payment_store.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/guard.h"

namespace fsft::payment {

// payment.v1.DeliveriesService: what fulfillment tells of its letters.
class DeliveriesHandler final : public fightsftickets::payment::v1::DeliveriesService::Service {
 public:
  // `wake_relay` is called when there is something to tell intake.
  DeliveriesHandler(rpc::GuardEnvironment& guards, PaymentStore& store,
                    std::function<void()> wake_relay);

  grpc::Status Put(grpc::ServerContext* context,
                   const fightsftickets::payment::v1::PutRequest* request,
                   fightsftickets::payment::v1::PutResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  PaymentStore& store_;
  const std::function<void()> wake_relay_;
  metrics::Counter& mailed_;
};

}  // namespace fsft::payment
