#pragma once

#include "fightsftickets/intake/v1/orders.grpc.pb.h"
#include "services/intake/intake_store.h"
#include "shared/rpc/guard.h"

namespace fsft::intake {

// intake.v1.OrdersService: how the orders of its intakes stand, told by payment.
class OrdersHandler final : public fightsftickets::intake::v1::OrdersService::Service {
 public:
  OrdersHandler(rpc::GuardEnvironment& guards, IntakeStore& store);

  grpc::Status Put(grpc::ServerContext* context,
                   const fightsftickets::intake::v1::PutRequest* request,
                   fightsftickets::intake::v1::PutResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  IntakeStore& store_;
};

}  // namespace fsft::intake
