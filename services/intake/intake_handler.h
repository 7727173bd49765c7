#pragma once

#include "fightsftickets/intake/v1/intake.grpc.pb.h"
#include "services/intake/exhibits.h"
#include "services/intake/intake_store.h"
#include "services/intake/registry_cache.h"
#include "services/intake/submitter.h"
#include "shared/crypto/key_source.h"
#include "shared/rpc/guard.h"

namespace fsft::intake {

// intake.v1.IntakeService: what a motorist hands in, through the gateway.
class IntakeHandler final : public fightsftickets::intake::v1::IntakeService::Service {
 public:
  // All outlive the handler.
  IntakeHandler(rpc::GuardEnvironment& guards, IntakeStore& store, RegistryCache& registry,
                Submitter& submitter, Exhibits& exhibits, crypto::KeySource& keys);

  grpc::Status SubmitAppeal(grpc::ServerContext* context,
                            const fightsftickets::intake::v1::SubmitAppealRequest* request,
                            fightsftickets::intake::v1::SubmitAppealResponse* response) override;
  grpc::Status GetIntake(grpc::ServerContext* context,
                         const fightsftickets::intake::v1::GetIntakeRequest* request,
                         fightsftickets::intake::v1::GetIntakeResponse* response) override;

  grpc::Status AddExhibit(grpc::ServerContext* context,
                          const fightsftickets::intake::v1::AddExhibitRequest* request,
                          fightsftickets::intake::v1::AddExhibitResponse* response) override;

 private:
  absl::StatusOr<IntakeRecord> Authorize(
      const fightsftickets::intake::v1::GetIntakeRequest& request, rpc::Deadline deadline);

  rpc::ServiceGuard guard_;
  IntakeStore& store_;
  RegistryCache& registry_;
  Submitter& submitter_;
  Exhibits& exhibits_;
  crypto::KeySource& keys_;
};

}  // namespace fsft::intake
