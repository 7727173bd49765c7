#pragma once

#include <functional>

#include "fightsftickets/fulfillment/v1/orders.grpc.pb.h"
#include "services/fulfillment/letters_store.h"
#include "shared/rpc/guard.h"

namespace fsft::fulfillment {

// fulfillment.v1.OrdersService: which letters payment wants mailed, held or cancelled.
class OrdersHandler final : public fightsftickets::fulfillment::v1::OrdersService::Service {
 public:
  // `wake_workers` is called when there may be something to mail and something to tell.
  OrdersHandler(rpc::GuardEnvironment& guards, LettersStore& store,
                std::function<void()> wake_workers);

  grpc::Status Put(grpc::ServerContext* context,
                   const fightsftickets::fulfillment::v1::PutRequest* request,
                   fightsftickets::fulfillment::v1::PutResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  LettersStore& store_;
  const std::function<void()> wake_workers_;
};

}  // namespace fsft::fulfillment
