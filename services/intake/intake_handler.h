#pragma once

#include "fightsftickets/intake/v1/intake.grpc.pb.h"
#include "services/intake/citations.h"
#include "services/intake/exhibits.h"
#include "services/intake/finder.h"
#include "services/intake/registry_cache.h"
#include "services/intake/step_checkout.h"
#include "services/intake/step_flow.h"
#include "services/intake/submitter.h"
#include "services/intake/support.h"
#include "shared/crypto/key_source.h"
#include "shared/rpc/guard.h"

namespace fsft::intake {

// intake.v1.IntakeService: what a motorist hands in, through the gateway.
class IntakeHandler final : public fightsftickets::intake::v1::IntakeService::Service {
 public:
  // What answers; all outlive the handler.
  struct Parts {
    RegistryCache& registry;
    Citations& citations;
    Submitter& submitter;
    StepFlow& steps;
    StepCheckout& step_checkout;
    Exhibits& exhibits;
    Finder& finder;
    Support& support;
    crypto::KeySource& keys;
  };
  IntakeHandler(rpc::GuardEnvironment& guards, const Parts& parts);

  grpc::Status ListCities(grpc::ServerContext* context,
                          const fightsftickets::intake::v1::ListCitiesRequest* request,
                          fightsftickets::intake::v1::ListCitiesResponse* response) override;
  grpc::Status ValidateCitation(
      grpc::ServerContext* context,
      const fightsftickets::intake::v1::ValidateCitationRequest* request,
      fightsftickets::intake::v1::ValidateCitationResponse* response) override;
  grpc::Status GenerateDraft(grpc::ServerContext* context,
                             const fightsftickets::intake::v1::GenerateDraftRequest* request,
                             fightsftickets::intake::v1::GenerateDraftResponse* response) override;

  grpc::Status CreateIntake(grpc::ServerContext* context,
                            const fightsftickets::intake::v1::CreateIntakeRequest* request,
                            fightsftickets::intake::v1::CreateIntakeResponse* response) override;
  grpc::Status UpdateIntake(grpc::ServerContext* context,
                            const fightsftickets::intake::v1::UpdateIntakeRequest* request,
                            fightsftickets::intake::v1::UpdateIntakeResponse* response) override;
  grpc::Status SaveDraft(grpc::ServerContext* context,
                         const fightsftickets::intake::v1::SaveDraftRequest* request,
                         fightsftickets::intake::v1::SaveDraftResponse* response) override;

  grpc::Status AddExhibit(grpc::ServerContext* context,
                          const fightsftickets::intake::v1::AddExhibitRequest* request,
                          fightsftickets::intake::v1::AddExhibitResponse* response) override;
  grpc::Status RemoveExhibit(grpc::ServerContext* context,
                             const fightsftickets::intake::v1::RemoveExhibitRequest* request,
                             fightsftickets::intake::v1::RemoveExhibitResponse* response) override;
  grpc::Status LookUp(grpc::ServerContext* context,
                      const fightsftickets::intake::v1::LookUpRequest* request,
                      fightsftickets::intake::v1::LookUpResponse* response) override;
  grpc::Status OpenSupportRequest(
      grpc::ServerContext* context,
      const fightsftickets::intake::v1::OpenSupportRequestRequest* request,
      fightsftickets::intake::v1::OpenSupportRequestResponse* response) override;
  grpc::Status SubmitAppeal(grpc::ServerContext* context,
                            const fightsftickets::intake::v1::SubmitAppealRequest* request,
                            fightsftickets::intake::v1::SubmitAppealResponse* response) override;
  grpc::Status SubmitAppeals(grpc::ServerContext* context,
                             const fightsftickets::intake::v1::SubmitAppealsRequest* request,
                             fightsftickets::intake::v1::SubmitAppealsResponse* response) override;
  grpc::Status ComposeSubmission(
      grpc::ServerContext* context,
      const fightsftickets::intake::v1::ComposeSubmissionRequest* request,
      fightsftickets::intake::v1::ComposeSubmissionResponse* response) override;
  grpc::Status GetIntake(grpc::ServerContext* context,
                         const fightsftickets::intake::v1::GetIntakeRequest* request,
                         fightsftickets::intake::v1::GetIntakeResponse* response) override;

 private:
  absl::StatusOr<FrozenAppeal> Submit(
      const fightsftickets::intake::v1::SubmitAppealRequest& request, rpc::Deadline deadline);
  absl::StatusOr<fightsftickets::intake::v1::Submission> Compose(
      const fightsftickets::intake::v1::SubmitAppealRequest& request, rpc::Deadline deadline);

  rpc::ServiceGuard guard_;
  const Parts parts_;
};

}  // namespace fsft::intake
