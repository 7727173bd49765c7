#include "services/fulfillment/letters_handler.h"

#include <utility>

#include "shared/ids/uuid.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::fulfillment::v1::GetLetterRequest;
using fightsftickets::fulfillment::v1::GetLetterResponse;
using fightsftickets::fulfillment::v1::GetStatusRequest;
using fightsftickets::fulfillment::v1::GetStatusResponse;
using fightsftickets::fulfillment::v1::HandleLobWebhookRequest;
using fightsftickets::fulfillment::v1::HandleLobWebhookResponse;
using fightsftickets::fulfillment::v1::LettersService;
using fightsftickets::fulfillment::v1::LobWebhookOutcome;
using fightsftickets::fulfillment::v1::RenderPreviewRequest;
using fightsftickets::fulfillment::v1::RenderPreviewResponse;

absl::Status NotReady() {
  return rpc::Error(absl::StatusCode::kNotFound, "letter_not_ready",
                    "the letter has not been typeset yet");
}

}  // namespace

LettersHandler::LettersHandler(rpc::GuardEnvironment& guards, Parts parts, Setup setup)
    : guard_(guards, LettersService::service_full_name(), {"gateway"}),
      parts_(parts),
      setup_(std::move(setup)) {}

grpc::Status LettersHandler::GetLetter(grpc::ServerContext* context,
                                       const GetLetterRequest* request,
                                       GetLetterResponse* response) {
  return guard_.Run(*context, "GetLetter", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (!ids::IsUuid(request->payment_id())) return NotReady();
                      logging::SetPaymentId(request->payment_id());
                      absl::StatusOr<std::optional<SealedPdf>> sealed =
                          parts_.letters.Pdf(request->payment_id(), call.deadline);
                      if (!sealed.ok()) return sealed.status();
                      if (!sealed->has_value()) return NotReady();
                      absl::StatusOr<std::string> pdf =
                          OpenPdf(*parts_.keys.Current(), request->payment_id(), **sealed);
                      // A key that is missing here is our fault, not an answer about the letter.
                      if (!pdf.ok()) return absl::InternalError(pdf.status().message());
                      response->set_pdf(*std::move(pdf));
                      response->set_pdf_sha256((*sealed)->sha256);
                      return absl::OkStatus();
                    });
}

grpc::Status LettersHandler::RenderPreview(grpc::ServerContext* context,
                                           const RenderPreviewRequest* request,
                                           RenderPreviewResponse* response) {
  return guard_.Run(*context, "RenderPreview", rpc::WorkClass::kRender,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<std::string> pdf =
                          parts_.previews.Render(request->submission(), call.deadline);
                      if (!pdf.ok()) return pdf.status();
                      response->set_pdf(*std::move(pdf));
                      return absl::OkStatus();
                    });
}

grpc::Status LettersHandler::HandleLobWebhook(grpc::ServerContext* context,
                                              const HandleLobWebhookRequest* request,
                                              HandleLobWebhookResponse* response) {
  return guard_.Run(*context, "HandleLobWebhook", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<TakenWebhook> taken =
                          parts_.webhooks.Take({.payload = request->payload(),
                                                .signature = request->signature(),
                                                .timestamp = request->timestamp()},
                                               call.deadline);
                      if (!taken.ok()) return taken.status();
                      logging::SetPaymentId(taken->payment_id);
                      response->set_payment_id(taken->payment_id);
                      response->set_event_type(taken->type);
                      response->set_outcome(words::EnumOf<LobWebhookOutcome>(taken->outcome));
                      return absl::OkStatus();
                    });
}

grpc::Status LettersHandler::GetStatus(grpc::ServerContext* context, const GetStatusRequest*,
                                       GetStatusResponse* response) {
  return guard_.Run(
      *context, "GetStatus", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        logging::BeRoutine();
        absl::StatusOr<Backlog> backlog = parts_.letters.ReadBacklog(call.deadline);
        if (!backlog.ok()) return backlog.status();
        response->set_mail_mode(setup_.mail_mode);
        response->set_verifies_addresses(setup_.verifies_addresses);
        response->set_waiting_orders(backlog->letters);
        if (backlog->oldest)
          response->mutable_oldest_waiting()->set_seconds(backlog->oldest->count());
        absl::StatusOr<std::vector<std::string>> pauses = parts_.mailing.Pauses(call.deadline);
        if (!pauses.ok()) return pauses.status();
        response->mutable_pauses()->Add(pauses->begin(), pauses->end());
        absl::StatusOr<std::optional<int64_t>> age = parts_.tracking.LastEventAge(call.deadline);
        if (!age.ok()) return age.status();
        if (age->has_value()) response->mutable_last_event_age()->set_seconds(**age);
        response->set_webhook_failures_last_hour(parts_.webhooks.FailuresInLastHour());
        return absl::OkStatus();
      });
}

}  // namespace fsft::fulfillment
