#include "services/fulfillment/letters_handler.h"

#include <utility>

#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::fulfillment::v1::GetLetterRequest;
using fightsftickets::fulfillment::v1::GetLetterResponse;
using fightsftickets::fulfillment::v1::GetStatusRequest;
using fightsftickets::fulfillment::v1::GetStatusResponse;
using fightsftickets::fulfillment::v1::LettersService;
using fightsftickets::fulfillment::v1::RenderPreviewRequest;
using fightsftickets::fulfillment::v1::RenderPreviewResponse;

absl::Status NotReady() {
  return rpc::Error(absl::StatusCode::kNotFound, "letter_not_ready",
                    "the letter has not been typeset yet");
}

}  // namespace

LettersHandler::LettersHandler(rpc::GuardEnvironment& guards, LettersStore& store,
                               MailingStore& mailing, Previews& previews, crypto::KeySource& keys,
                               std::string mail_mode)
    : guard_(guards, LettersService::service_full_name(), {"gateway"}),
      store_(store),
      mailing_(mailing),
      previews_(previews),
      keys_(keys),
      mail_mode_(std::move(mail_mode)) {}

grpc::Status LettersHandler::GetLetter(grpc::ServerContext* context,
                                       const GetLetterRequest* request,
                                       GetLetterResponse* response) {
  return guard_.Run(*context, "GetLetter", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (!ids::IsUuid(request->payment_id())) return NotReady();
                      absl::StatusOr<std::optional<SealedPdf>> sealed =
                          store_.Pdf(request->payment_id(), call.deadline);
                      if (!sealed.ok()) return sealed.status();
                      if (!sealed->has_value()) return NotReady();
                      absl::StatusOr<std::string> pdf =
                          OpenPdf(*keys_.Current(), request->payment_id(), **sealed);
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
                          previews_.Render(request->submission(), call.deadline);
                      if (!pdf.ok()) return pdf.status();
                      response->set_pdf(*std::move(pdf));
                      return absl::OkStatus();
                    });
}

grpc::Status LettersHandler::GetStatus(grpc::ServerContext* context, const GetStatusRequest*,
                                       GetStatusResponse* response) {
  return guard_.Run(*context, "GetStatus", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<Backlog> backlog = store_.ReadBacklog(call.deadline);
                      if (!backlog.ok()) return backlog.status();
                      response->set_mail_mode(mail_mode_);
                      response->set_waiting_orders(backlog->letters);
                      if (backlog->oldest)
                        response->mutable_oldest_waiting()->set_seconds(backlog->oldest->count());
                      absl::StatusOr<std::vector<std::string>> pauses =
                          mailing_.Pauses(call.deadline);
                      if (!pauses.ok()) return pauses.status();
                      response->mutable_pauses()->Add(pauses->begin(), pauses->end());
                      return absl::OkStatus();
                    });
}

}  // namespace fsft::fulfillment
