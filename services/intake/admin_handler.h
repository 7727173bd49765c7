#pragma once

#include "fightsftickets/intake/v1/admin.grpc.pb.h"
#include "services/intake/finder.h"
#include "shared/rpc/guard.h"

namespace fsft::intake {

// intake.v1.IntakeAdminService: what operators do with intakes, through the gateway.
class AdminHandler final : public fightsftickets::intake::v1::IntakeAdminService::Service {
 public:
  // `finder` outlives the handler.
  AdminHandler(rpc::GuardEnvironment& guards, Finder& finder);

  grpc::Status Search(grpc::ServerContext* context,
                      const fightsftickets::intake::v1::SearchRequest* request,
                      fightsftickets::intake::v1::SearchResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  Finder& finder_;
};

}  // namespace fsft::intake
