#pragma once

#include "fightsftickets/intake/v1/admin.grpc.pb.h"
#include "services/intake/eraser.h"
#include "services/intake/finder.h"
#include "services/intake/support.h"
#include "shared/rpc/guard.h"

namespace fsft::intake {

// intake.v1.IntakeAdminService: what operators do with intakes, through the gateway.
class AdminHandler final : public fightsftickets::intake::v1::IntakeAdminService::Service {
 public:
  // All outlive the handler.
  AdminHandler(rpc::GuardEnvironment& guards, Finder& finder, Eraser& eraser, Support& support);

  grpc::Status Search(grpc::ServerContext* context,
                      const fightsftickets::intake::v1::SearchRequest* request,
                      fightsftickets::intake::v1::SearchResponse* response) override;
  grpc::Status Erase(grpc::ServerContext* context,
                     const fightsftickets::intake::v1::EraseRequest* request,
                     fightsftickets::intake::v1::EraseResponse* response) override;
  grpc::Status RevokeToken(grpc::ServerContext* context,
                           const fightsftickets::intake::v1::RevokeTokenRequest* request,
                           fightsftickets::intake::v1::RevokeTokenResponse* response) override;
  grpc::Status ListSupportRequests(
      grpc::ServerContext* context,
      const fightsftickets::intake::v1::ListSupportRequestsRequest* request,
      fightsftickets::intake::v1::ListSupportRequestsResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  Finder& finder_;
  Eraser& eraser_;
  Support& support_;
};

}  // namespace fsft::intake
