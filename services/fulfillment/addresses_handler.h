#pragma once

#include "fightsftickets/fulfillment/v1/addresses.grpc.pb.h"
#include "services/fulfillment/address/address_checker.h"
#include "shared/rpc/guard.h"

namespace fsft::fulfillment {

// fulfillment.v1.AddressesService: whether an answer will reach the motorist.
class AddressesHandler final : public fightsftickets::fulfillment::v1::AddressesService::Service {
 public:
  // Both outlive it.
  AddressesHandler(rpc::GuardEnvironment& guards, AddressChecker& checker);

  grpc::Status CheckAddress(
      grpc::ServerContext* context,
      const fightsftickets::fulfillment::v1::CheckAddressRequest* request,
      fightsftickets::fulfillment::v1::CheckAddressResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  AddressChecker& checker_;
};

}  // namespace fsft::fulfillment
