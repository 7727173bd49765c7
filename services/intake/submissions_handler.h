#pragma once

#include "fightsftickets/intake/v1/submissions.grpc.pb.h"
#include "services/intake/eraser.h"
#include "services/intake/exhibits.h"
#include "services/intake/intake_store.h"
#include "shared/crypto/key_source.h"
#include "shared/rpc/guard.h"

namespace fsft::intake {

// intake.v1.SubmissionsService: what fulfillment prints, and whom it writes to.
class SubmissionsHandler final : public fightsftickets::intake::v1::SubmissionsService::Service {
 public:
  SubmissionsHandler(rpc::GuardEnvironment& guards, IntakeStore& store, Exhibits& exhibits,
                     Eraser& eraser, crypto::KeySource& keys);

  grpc::Status GetSubmission(grpc::ServerContext* context,
                             const fightsftickets::intake::v1::GetSubmissionRequest* request,
                             fightsftickets::intake::v1::GetSubmissionResponse* response) override;

  grpc::Status GetExhibit(grpc::ServerContext* context,
                          const fightsftickets::intake::v1::GetExhibitRequest* request,
                          fightsftickets::intake::v1::GetExhibitResponse* response) override;

  grpc::Status GetContact(grpc::ServerContext* context,
                          const fightsftickets::intake::v1::GetContactRequest* request,
                          fightsftickets::intake::v1::GetContactResponse* response) override;

  grpc::Status ListErasures(grpc::ServerContext* context,
                            const fightsftickets::intake::v1::ListErasuresRequest* request,
                            fightsftickets::intake::v1::ListErasuresResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  IntakeStore& store_;
  Exhibits& exhibits_;
  Eraser& eraser_;
  crypto::KeySource& keys_;
};

}  // namespace fsft::intake
