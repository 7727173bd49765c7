#include "services/fulfillment/admin_handler.h"

#include <utility>

#include "shared/ids/uuid.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::fulfillment::v1::CancelRequest;
using fightsftickets::fulfillment::v1::CancelResponse;
using fightsftickets::fulfillment::v1::FulfillmentAdminService;
using fightsftickets::fulfillment::v1::GetAuditTrailRequest;
using fightsftickets::fulfillment::v1::GetAuditTrailResponse;
using fightsftickets::fulfillment::v1::GetStatsRequest;
using fightsftickets::fulfillment::v1::GetStatsResponse;
using fightsftickets::fulfillment::v1::ListActivityRequest;
using fightsftickets::fulfillment::v1::ListActivityResponse;
using fightsftickets::fulfillment::v1::ListRequest;
using fightsftickets::fulfillment::v1::ListResponse;
using fightsftickets::fulfillment::v1::NewGenerationRequest;
using fightsftickets::fulfillment::v1::NewGenerationResponse;
using fightsftickets::fulfillment::v1::PauseRequest;
using fightsftickets::fulfillment::v1::PauseResponse;
using fightsftickets::fulfillment::v1::ResumeRequest;
using fightsftickets::fulfillment::v1::ResumeResponse;
using fightsftickets::fulfillment::v1::RetryOutcome;
using fightsftickets::fulfillment::v1::RetryRequest;
using fightsftickets::fulfillment::v1::RetryResponse;
namespace common_v1 = fightsftickets::common::v1;
namespace fulfillment_v1 = fightsftickets::fulfillment::v1;

constexpr size_t kMaxActor = 64;

// What a retry comes to that has changed nothing, by the state that it finds.
absl::StatusOr<RetryOutcome> OutcomeOf(common_v1::DeliveryState state, bool stopped) {
  switch (state) {
    case common_v1::DELIVERY_STATE_MAILED:
    case common_v1::DELIVERY_STATE_IN_TRANSIT:
    case common_v1::DELIVERY_STATE_DELIVERED:
    case common_v1::DELIVERY_STATE_RETURNED:
      return fulfillment_v1::RETRY_OUTCOME_ALREADY_FULFILLED;
    case common_v1::DELIVERY_STATE_CANCELLED:
      if (stopped) {
        return rpc::Error(absl::StatusCode::kFailedPrecondition, "cancelled_by_operator",
                          "an operator has cancelled the letter");
      }
      return rpc::Error(absl::StatusCode::kFailedPrecondition, "cancelled",
                        "the order was cancelled");
    case common_v1::DELIVERY_STATE_FAILED_AT_PRINTER:
      // The old key would bring the failed letter back.
      return rpc::Error(absl::StatusCode::kFailedPrecondition, "needs_new_generation",
                        "the printer failed after it had accepted the letter");
    default:
      return fulfillment_v1::RETRY_OUTCOME_IN_PROGRESS;
  }
}

absl::StatusOr<RetryOutcome> OutcomeOf(const Move& move) {
  if (move.state_after != move.state_before) {
    if (move.state_after == "queued") return fulfillment_v1::RETRY_OUTCOME_QUEUED;
    if (move.state_after == "failed_at_printer")
      return fulfillment_v1::RETRY_OUTCOME_NEEDS_NEW_GENERATION;
  }
  return OutcomeOf(words::EnumOf<common_v1::DeliveryState>(move.state_after), move.stopped);
}

absl::Status NotFound() {
  return rpc::Error(absl::StatusCode::kNotFound, "letter_not_found", "there is no such letter");
}

absl::Status CheckActor(const std::string& actor) {
  if (!actor.empty() && actor.size() <= kMaxActor) return absl::OkStatus();
  return rpc::WithViolations(rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_fields"),
                             {rpc::Violation("actor", "required", "must name the operator")});
}

// Whether NewGeneration has done what was asked, by what it found.
absl::Status StatusOf(const Renewal& found, bool force) {
  if (found.state_before != "outcome_unknown" && found.state_before != "failed_at_printer") {
    return rpc::Error(absl::StatusCode::kFailedPrecondition, "no_new_generation",
                      "only a letter that failed at the printer or whose outcome is unknown can "
                      "be sent anew");
  }
  if (!found.wanted) {
    return rpc::Error(absl::StatusCode::kFailedPrecondition, "cancelled",
                      "the order was cancelled");
  }
  if (found.proven || force) return absl::OkStatus();
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "not_proven",
                    "the first letter may still be on its way");
}

}  // namespace

AdminHandler::AdminHandler(rpc::GuardEnvironment& guards, LettersStore& store,
                           MailingStore& mailing, LetterReports& reports,
                           std::function<void()> wake_workers)
    : guard_(guards, FulfillmentAdminService::service_full_name(), {"gateway"}),
      store_(store),
      mailing_(mailing),
      reports_(reports),
      wake_workers_(std::move(wake_workers)) {}

template <class Request, class Response, class Ask>
grpc::Status AdminHandler::Report(grpc::ServerContext& context, const char* method,
                                  const Request& request, Response& response, Ask ask) {
  return guard_.Run(context, method, rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(request.actor()); !status.ok())
                        return status;
                      absl::StatusOr<Response> report = ask(call.deadline);
                      if (!report.ok()) return report.status();
                      response = *std::move(report);
                      return absl::OkStatus();
                    });
}

grpc::Status AdminHandler::Retry(grpc::ServerContext* context, const RetryRequest* request,
                                 RetryResponse* response) {
  return guard_.Run(
      *context, "Retry", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        if (absl::Status status = CheckActor(request->actor()); !status.ok()) return status;
        if (!ids::IsUuid(request->payment_id())) return NotFound();
        logging::SetPaymentId(request->payment_id());
        absl::StatusOr<std::optional<Move>> move = store_.Retry(
            request->payment_id(), request->actor(), request->undo_cancel(), call.deadline);
        if (!move.ok()) return move.status();
        if (!move->has_value()) return NotFound();
        absl::StatusOr<RetryOutcome> outcome = OutcomeOf(**move);
        if (!outcome.ok()) return outcome.status();
        response->set_outcome(*outcome);
        response->set_state(words::EnumOf<common_v1::DeliveryState>((*move)->state_after));
        if ((*move)->state_after != (*move)->state_before) wake_workers_();
        return absl::OkStatus();
      });
}

grpc::Status AdminHandler::Cancel(grpc::ServerContext* context, const CancelRequest* request,
                                  CancelResponse* response) {
  return guard_.Run(
      *context, "Cancel", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        if (absl::Status status = CheckActor(request->actor()); !status.ok()) return status;
        if (!ids::IsUuid(request->payment_id())) return NotFound();
        logging::SetPaymentId(request->payment_id());
        absl::StatusOr<std::optional<Move>> move =
            store_.Cancel(request->payment_id(), request->actor(), call.deadline);
        if (!move.ok()) return move.status();
        if (!move->has_value()) return NotFound();
        if ((*move)->state_after.empty()) {
          return rpc::Error(absl::StatusCode::kFailedPrecondition, "too_late_to_cancel",
                            "the letter is being printed, or in the mail");
        }
        response->set_state(words::EnumOf<common_v1::DeliveryState>((*move)->state_after));
        wake_workers_();
        return absl::OkStatus();
      });
}

grpc::Status AdminHandler::NewGeneration(grpc::ServerContext* context,
                                         const NewGenerationRequest* request,
                                         NewGenerationResponse* response) {
  return guard_.Run(*context, "NewGeneration", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(request->actor()); !status.ok())
                        return status;
                      if (!ids::IsUuid(request->payment_id())) return NotFound();
                      logging::SetPaymentId(request->payment_id());
                      absl::StatusOr<std::optional<Renewal>> found = store_.NewGeneration(
                          request->payment_id(), request->actor(), request->force(), call.deadline);
                      if (!found.ok()) return found.status();
                      if (!found->has_value()) return NotFound();
                      if (absl::Status status = StatusOf(**found, request->force()); !status.ok())
                        return status;
                      response->set_state(common_v1::DELIVERY_STATE_QUEUED);
                      wake_workers_();
                      return absl::OkStatus();
                    });
}

grpc::Status AdminHandler::Pause(grpc::ServerContext* context, const PauseRequest* request,
                                 PauseResponse*) {
  return guard_.Run(*context, "Pause", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(request->actor()); !status.ok())
                        return status;
                      return mailing_.Pause(request->actor(), call.deadline).status();
                    });
}

grpc::Status AdminHandler::Resume(grpc::ServerContext* context, const ResumeRequest* request,
                                  ResumeResponse* response) {
  return guard_.Run(*context, "Resume", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(request->actor()); !status.ok())
                        return status;
                      absl::StatusOr<std::vector<std::string>> causes =
                          mailing_.Resume(request->actor(), call.deadline);
                      if (!causes.ok()) return causes.status();
                      response->mutable_causes()->Add(causes->begin(), causes->end());
                      wake_workers_();
                      return absl::OkStatus();
                    });
}

grpc::Status AdminHandler::List(grpc::ServerContext* context, const ListRequest* request,
                                ListResponse* response) {
  return Report(*context, "List", *request, *response,
                [&](rpc::Deadline deadline) { return reports_.List(*request, deadline); });
}

grpc::Status AdminHandler::GetAuditTrail(grpc::ServerContext* context,
                                         const GetAuditTrailRequest* request,
                                         GetAuditTrailResponse* response) {
  return Report(*context, "GetAuditTrail", *request, *response,
                [&](rpc::Deadline deadline) -> absl::StatusOr<GetAuditTrailResponse> {
                  if (!ids::IsUuid(request->payment_id())) return NotFound();
                  logging::SetPaymentId(request->payment_id());
                  return reports_.AuditTrail(request->payment_id(), deadline);
                });
}

grpc::Status AdminHandler::ListActivity(grpc::ServerContext* context,
                                        const ListActivityRequest* request,
                                        ListActivityResponse* response) {
  return Report(*context, "ListActivity", *request, *response,
                [&](rpc::Deadline deadline) { return reports_.Activity(*request, deadline); });
}

grpc::Status AdminHandler::GetStats(grpc::ServerContext* context, const GetStatsRequest* request,
                                    GetStatsResponse* response) {
  return Report(*context, "GetStats", *request, *response,
                [&](rpc::Deadline deadline) { return reports_.Stats(deadline); });
}

}  // namespace fsft::fulfillment
