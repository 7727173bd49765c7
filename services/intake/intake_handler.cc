#include "services/intake/intake_handler.h"

#include "services/intake/access_token.h"
#include "services/intake/appeal.h"
#include "services/intake/sealing.h"
#include "services/intake/several_appeals.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::common::v1::AppealType;
using fightsftickets::intake::v1::AddExhibitRequest;
using fightsftickets::intake::v1::AddExhibitResponse;
using fightsftickets::intake::v1::ComposeSubmissionRequest;
using fightsftickets::intake::v1::ComposeSubmissionResponse;
using fightsftickets::intake::v1::CreateIntakeRequest;
using fightsftickets::intake::v1::CreateIntakeResponse;
using fightsftickets::intake::v1::Draft;
using fightsftickets::intake::v1::ExhibitSummary;
using fightsftickets::intake::v1::GenerateDraftRequest;
using fightsftickets::intake::v1::GenerateDraftResponse;
using fightsftickets::intake::v1::GetIntakeRequest;
using fightsftickets::intake::v1::GetIntakeResponse;
using fightsftickets::intake::v1::IntakeService;
using fightsftickets::intake::v1::ListCitiesRequest;
using fightsftickets::intake::v1::ListCitiesResponse;
using fightsftickets::intake::v1::LookUpRequest;
using fightsftickets::intake::v1::LookUpResponse;
using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::RemoveExhibitRequest;
using fightsftickets::intake::v1::RemoveExhibitResponse;
using fightsftickets::intake::v1::SaveDraftRequest;
using fightsftickets::intake::v1::SaveDraftResponse;
using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;
using fightsftickets::intake::v1::SubmitAppealResponse;
using fightsftickets::intake::v1::SubmitAppealsRequest;
using fightsftickets::intake::v1::SubmitAppealsResponse;
using fightsftickets::intake::v1::UpdateIntakeRequest;
using fightsftickets::intake::v1::UpdateIntakeResponse;
using fightsftickets::intake::v1::ValidateCitationRequest;
using fightsftickets::intake::v1::ValidateCitationResponse;

// The answer of a part of ours as the call's.
template <class Response>
absl::Status Take(absl::StatusOr<Response> answer, Response& response) {
  if (!answer.ok()) return answer.status();
  response = *std::move(answer);
  return absl::OkStatus();
}

absl::Status ReadDraft(const DraftRecord& record, const crypto::DataKey& data_key, Draft& draft) {
  absl::StatusOr<Submission> letter =
      OpenDraft(record.submission_sealed, record.draft_id, data_key);
  if (!letter.ok()) return letter.status();
  draft.set_draft_id(record.draft_id);
  draft.set_version(static_cast<int32_t>(record.version));
  draft.set_appeal_type(words::EnumOf<AppealType>(record.appeal_type));
  draft.set_letter_text(letter->letter_text());
  draft.set_is_final(record.is_final);
  return absl::OkStatus();
}

// What belongs to an intake can be named only together with it.
absl::Status CheckOwnership(const SubmitAppealRequest& request) {
  if (!request.intake_id().empty()) return absl::OkStatus();
  if (request.draft_id().empty() && request.access_token().empty()) return absl::OkStatus();
  return rpc::InvalidFields(
      {rpc::Violation("intake_id", "required", "must be given with a draft or a token")});
}

}  // namespace

IntakeHandler::IntakeHandler(rpc::GuardEnvironment& guards, const Parts& parts)
    : guard_(guards, IntakeService::service_full_name(), {"gateway"}), parts_(parts) {}

grpc::Status IntakeHandler::ListCities(grpc::ServerContext* context, const ListCitiesRequest*,
                                       ListCitiesResponse* response) {
  return guard_.Run(*context, "ListCities", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.citations.ListCities(call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::ValidateCitation(grpc::ServerContext* context,
                                             const ValidateCitationRequest* request,
                                             ValidateCitationResponse* response) {
  return guard_.Run(*context, "ValidateCitation", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.citations.Validate(*request, call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::GenerateDraft(grpc::ServerContext* context,
                                          const GenerateDraftRequest* request,
                                          GenerateDraftResponse* response) {
  return guard_.Run(
      *context, "GenerateDraft", rpc::WorkClass::kDatabase, [&](const rpc::CallContext& call) {
        return Take(parts_.citations.GenerateDraft(*request, call.deadline), *response);
      });
}

grpc::Status IntakeHandler::CreateIntake(grpc::ServerContext* context,
                                         const CreateIntakeRequest* request,
                                         CreateIntakeResponse* response) {
  return guard_.Run(*context, "CreateIntake", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.steps.Create(*request, call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::UpdateIntake(grpc::ServerContext* context,
                                         const UpdateIntakeRequest* request,
                                         UpdateIntakeResponse* response) {
  return guard_.Run(*context, "UpdateIntake", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.steps.Update(*request, call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::SaveDraft(grpc::ServerContext* context, const SaveDraftRequest* request,
                                      SaveDraftResponse* response) {
  return guard_.Run(*context, "SaveDraft", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.steps.Save(*request, call.deadline), *response);
                    });
}

// Under the gate of what keeps a core busy: a decoded photograph takes much memory.
grpc::Status IntakeHandler::AddExhibit(grpc::ServerContext* context,
                                       const AddExhibitRequest* request,
                                       AddExhibitResponse* response) {
  return guard_.Run(*context, "AddExhibit", rpc::WorkClass::kRender,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.exhibits.Add(*request, call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::RemoveExhibit(grpc::ServerContext* context,
                                          const RemoveExhibitRequest* request,
                                          RemoveExhibitResponse* response) {
  return guard_.Run(*context, "RemoveExhibit", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.exhibits.Remove(*request, call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::LookUp(grpc::ServerContext* context, const LookUpRequest* request,
                                   LookUpResponse* response) {
  return guard_.Run(*context, "LookUp", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.finder.LookUp(*request, call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::OpenSupportRequest(
    grpc::ServerContext* context,
    const fightsftickets::intake::v1::OpenSupportRequestRequest* request,
    fightsftickets::intake::v1::OpenSupportRequestResponse* response) {
  return guard_.Run(*context, "OpenSupportRequest", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return Take(parts_.support.Open(*request, call.deadline), *response);
                    });
}

grpc::Status IntakeHandler::SubmitAppeal(grpc::ServerContext* context,
                                         const SubmitAppealRequest* request,
                                         SubmitAppealResponse* response) {
  return guard_.Run(*context, "SubmitAppeal", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<FrozenAppeal> appeal = Submit(*request, call.deadline);
                      if (!appeal.ok()) return appeal.status();
                      ToMessage(*appeal, *parts_.keys.Current(), *response);
                      return absl::OkStatus();
                    });
}

grpc::Status IntakeHandler::SubmitAppeals(grpc::ServerContext* context,
                                          const SubmitAppealsRequest* request,
                                          SubmitAppealsResponse* response) {
  return guard_.Run(*context, "SubmitAppeals", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) {
                      return SubmitSeveral(parts_.submitter, *parts_.keys.Current(), *request,
                                           call.deadline, *response);
                    });
}

absl::StatusOr<FrozenAppeal> IntakeHandler::Submit(const SubmitAppealRequest& request,
                                                   rpc::Deadline deadline) {
  if (absl::Status status = CheckOwnership(request); !status.ok()) return status;
  if (!request.intake_id().empty()) return parts_.step_checkout.Submit(request, deadline);
  absl::StatusOr<StoredAppeal> stored = parts_.submitter.Submit(request, deadline);
  if (!stored.ok()) return stored.status();
  return AnswerTo(request, *std::move(stored));
}

grpc::Status IntakeHandler::ComposeSubmission(grpc::ServerContext* context,
                                              const ComposeSubmissionRequest* request,
                                              ComposeSubmissionResponse* response) {
  return guard_.Run(
      *context, "ComposeSubmission", rpc::WorkClass::kDatabase, [&](const rpc::CallContext& call) {
        return Take(Compose(request->appeal(), call.deadline), *response->mutable_submission());
      });
}

absl::StatusOr<Submission> IntakeHandler::Compose(const SubmitAppealRequest& request,
                                                  rpc::Deadline deadline) {
  if (absl::Status status = CheckOwnership(request); !status.ok()) return status;
  SubmitAppealRequest appeal = request;
  appeal.set_accept_late(true);
  return appeal.intake_id().empty() ? parts_.submitter.Compose(appeal, deadline)
                                    : parts_.step_checkout.Compose(appeal, deadline);
}

grpc::Status IntakeHandler::GetIntake(grpc::ServerContext* context, const GetIntakeRequest* request,
                                      GetIntakeResponse* response) {
  return guard_.Run(*context, "GetIntake", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<WorkingCopy> copy = parts_.steps.Open(
                          request->intake_id(), request->access_token(), call.deadline);
                      if (!copy.ok()) return copy.status();
                      response->set_intake_id(copy->intake_id);
                      response->set_state(copy->state);
                      // An erased intake still has its state, and nothing else.
                      if (!copy->data_key) return absl::OkStatus();
                      const auto keys = parts_.keys.Current();
                      absl::StatusOr<Person> person =
                          OpenPerson(copy->person_sealed, copy->intake_id, *copy->data_key, *keys);
                      if (!person.ok()) return person.status();
                      *response->mutable_citation() = person->citation();
                      *response->mutable_sender() = person->sender();
                      auto registry = parts_.registry.Get(call.deadline);
                      if (!registry.ok()) return registry.status();
                      if (const Authority* authority = (*registry)->Find(
                              person->citation().city_id(), person->citation().section_id())) {
                        response->set_agency_name(authority->row.agency.name());
                      }
                      if (!request->with_contents()) return absl::OkStatus();
                      absl::StatusOr<std::vector<ExhibitSummary>> exhibits =
                          parts_.exhibits.Summarize(copy->intake_id, call.deadline);
                      if (!exhibits.ok()) return exhibits.status();
                      response->mutable_exhibits()->Add(exhibits->begin(), exhibits->end());
                      if (!copy->draft) return absl::OkStatus();
                      absl::StatusOr<crypto::DataKey> data_key =
                          OpenIntakeKey(*copy->data_key, copy->intake_id, *keys);
                      if (!data_key.ok()) return data_key.status();
                      return ReadDraft(*copy->draft, *data_key, *response->mutable_draft());
                    });
}

}  // namespace fsft::intake
