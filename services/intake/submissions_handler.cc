#include "services/intake/submissions_handler.h"

#include "services/intake/sealing.h"
#include "shared/ids/uuid.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

using fightsftickets::intake::v1::GetContactRequest;
using fightsftickets::intake::v1::GetContactResponse;
using fightsftickets::intake::v1::GetExhibitRequest;
using fightsftickets::intake::v1::GetExhibitResponse;
using fightsftickets::intake::v1::GetSubmissionRequest;
using fightsftickets::intake::v1::GetSubmissionResponse;
using fightsftickets::intake::v1::ListErasuresRequest;
using fightsftickets::intake::v1::ListErasuresResponse;
using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::SubmissionsService;

constexpr int kMostErasures = 100;

SubmissionsHandler::SubmissionsHandler(rpc::GuardEnvironment& guards, IntakeStore& store,
                                       Exhibits& exhibits, Eraser& eraser, crypto::KeySource& keys)
    : guard_(guards, SubmissionsService::service_full_name(), {"fulfillment"}),
      store_(store),
      exhibits_(exhibits),
      eraser_(eraser),
      keys_(keys) {}

grpc::Status SubmissionsHandler::GetSubmission(grpc::ServerContext* context,
                                               const GetSubmissionRequest* request,
                                               GetSubmissionResponse* response) {
  return guard_.Run(*context, "GetSubmission", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<std::optional<SubmissionRecord>> record = std::nullopt;
                      if (ids::IsUuid(request->draft_id()))
                        record = store_.FindSubmission(request->draft_id(), call.deadline);
                      if (!record.ok()) return record.status();
                      if (!record->has_value()) {
                        return rpc::Error(absl::StatusCode::kNotFound, "submission_not_found",
                                          "there is no such submission");
                      }
                      if (!(*record)->data_key) {
                        return rpc::Error(absl::StatusCode::kDataLoss, "submission_erased",
                                          "the submission was erased");
                      }
                      absl::StatusOr<std::string> submission = OpenSubmission(
                          (*record)->submission_sealed, (*record)->intake_id, request->draft_id(),
                          *(*record)->data_key, *keys_.Current());
                      // A key that is missing here is our fault, not an answer about the submission.
                      if (absl::IsNotFound(submission.status()))
                        return absl::InternalError(submission.status().message());
                      if (!submission.ok()) return submission.status();
                      response->set_submission(*std::move(submission));
                      response->set_content_sha256((*record)->content_sha256);
                      return absl::OkStatus();
                    });
}

grpc::Status SubmissionsHandler::GetExhibit(grpc::ServerContext* context,
                                            const GetExhibitRequest* request,
                                            GetExhibitResponse* response) {
  return guard_.Run(*context, "GetExhibit", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<std::string> jpeg =
                          exhibits_.Read(request->exhibit_id(), call.deadline);
                      if (!jpeg.ok()) return jpeg.status();
                      response->set_jpeg(*std::move(jpeg));
                      return absl::OkStatus();
                    });
}

grpc::Status SubmissionsHandler::GetContact(grpc::ServerContext* context,
                                            const GetContactRequest* request,
                                            GetContactResponse* response) {
  return guard_.Run(
      *context, "GetContact", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        absl::StatusOr<std::optional<PersonRecord>> record = std::nullopt;
        if (ids::IsUuid(request->intake_id()))
          record = store_.FindPerson(request->intake_id(), call.deadline);
        if (!record.ok()) return record.status();
        if (!record->has_value()) {
          return rpc::Error(absl::StatusCode::kNotFound, "intake_not_found",
                            "there is no such intake");
        }
        if (!(*record)->data_key) {
          return rpc::Error(absl::StatusCode::kDataLoss, "intake_erased", "the intake was erased");
        }
        const absl::StatusOr<Person> person = OpenPerson(
            (*record)->person_sealed, request->intake_id(), *(*record)->data_key, *keys_.Current());
        // A key that is missing here is our fault, not an answer about the person.
        if (absl::IsNotFound(person.status()))
          return absl::InternalError(person.status().message());
        if (!person.ok()) return person.status();
        response->set_email(person->sender().email());
        return absl::OkStatus();
      });
}

grpc::Status SubmissionsHandler::ListErasures(grpc::ServerContext* context,
                                              const ListErasuresRequest* request,
                                              ListErasuresResponse* response) {
  return guard_.Run(
      *context, "ListErasures", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        if (request->limit() < 1 || request->limit() > kMostErasures)
          return rpc::InvalidFields({rpc::Violation("limit", "out_of_range", "must be 1 to 100")});
        logging::BeRoutine();
        absl::StatusOr<std::vector<Erasure>> erasures =
            eraser_.List(request->after(), request->limit(), call.deadline);
        if (!erasures.ok()) return erasures.status();
        for (const Erasure& erasure : *erasures) {
          auto& message = *response->add_erasures();
          message.set_sequence(erasure.sequence);
          message.set_intake_id(erasure.intake_id);
        }
        return absl::OkStatus();
      });
}

}  // namespace fsft::intake
