#include "services/intake/intake_handler.h"

#include "services/intake/access_token.h"
#include "services/intake/appeal.h"
#include "services/intake/sealing.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::AddExhibitRequest;
using fightsftickets::intake::v1::AddExhibitResponse;
using fightsftickets::intake::v1::GetIntakeRequest;
using fightsftickets::intake::v1::GetIntakeResponse;
using fightsftickets::intake::v1::IntakeService;
using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::SubmitAppealRequest;
using fightsftickets::intake::v1::SubmitAppealResponse;

// The same answer for every intake that the caller may not see, existing or not.
absl::Status InvalidToken() {
  return rpc::Error(absl::StatusCode::kUnauthenticated, "invalid_token",
                    "the access token does not open this appeal");
}

}  // namespace

IntakeHandler::IntakeHandler(rpc::GuardEnvironment& guards, IntakeStore& store,
                             RegistryCache& registry, Submitter& submitter, Exhibits& exhibits,
                             crypto::KeySource& keys)
    : guard_(guards, IntakeService::service_full_name(), {"gateway"}),
      store_(store),
      registry_(registry),
      submitter_(submitter),
      exhibits_(exhibits),
      keys_(keys) {}

grpc::Status IntakeHandler::SubmitAppeal(grpc::ServerContext* context,
                                         const SubmitAppealRequest* request,
                                         SubmitAppealResponse* response) {
  return guard_.Run(*context, "SubmitAppeal", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<StoredAppeal> stored =
                          submitter_.Submit(*request, call.deadline);
                      if (!stored.ok()) return stored.status();
                      response->set_intake_id(stored->intake_id);
                      response->set_draft_id(stored->draft_id);
                      response->set_access_token(
                          AccessToken(*keys_.Current(), stored->intake_id, stored->token_version));
                      response->set_content_sha256(stored->content_sha256);
                      response->set_repeated_request(stored->repeated);
                      // The same request has the same of both, so a repeat need not read them.
                      response->set_citation_number(CitationNumberOf(*request));
                      response->set_appeal_type(request->appeal_type());
                      return absl::OkStatus();
                    });
}

grpc::Status IntakeHandler::GetIntake(grpc::ServerContext* context, const GetIntakeRequest* request,
                                      GetIntakeResponse* response) {
  return guard_.Run(
      *context, "GetIntake", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        absl::StatusOr<IntakeRecord> record = Authorize(*request, call.deadline);
        if (!record.ok()) return record.status();
        auto registry = registry_.Get(call.deadline);
        if (!registry.ok()) return registry.status();

        response->set_intake_id(request->intake_id());
        response->set_state(record->state);
        if (const Authority* authority = (*registry)->Find(record->city_id, record->section_id)) {
          response->set_agency_name(authority->agency.name());
        }
        // An erased intake still has its state, and nothing else.
        if (!record->data_key) return absl::OkStatus();
        absl::StatusOr<Person> person = OpenPerson(record->person_sealed, request->intake_id(),
                                                   *record->data_key, *keys_.Current());
        if (!person.ok()) return person.status();
        *response->mutable_citation() = person->citation();
        return absl::OkStatus();
      });
}

// Under the gate of what keeps a core busy: a decoded photograph takes much memory.
grpc::Status IntakeHandler::AddExhibit(grpc::ServerContext* context,
                                       const AddExhibitRequest* request,
                                       AddExhibitResponse* response) {
  return guard_.Run(*context, "AddExhibit", rpc::WorkClass::kRender,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<AddExhibitResponse> added =
                          exhibits_.Add(*request, call.deadline);
                      if (!added.ok()) return added.status();
                      *response = *std::move(added);
                      return absl::OkStatus();
                    });
}

absl::StatusOr<IntakeRecord> IntakeHandler::Authorize(const GetIntakeRequest& request,
                                                      rpc::Deadline deadline) {
  if (!ids::IsUuid(request.intake_id())) return InvalidToken();
  absl::StatusOr<std::optional<IntakeRecord>> record = store_.Find(request.intake_id(), deadline);
  if (!record.ok()) return record.status();
  const int64_t version = record->has_value() ? (*record)->token_version : 0;
  const bool fits =
      IsAccessToken(*keys_.Current(), request.access_token(), request.intake_id(), version);
  if (!record->has_value() || !fits) return InvalidToken();
  return **std::move(record);
}

}  // namespace fsft::intake
