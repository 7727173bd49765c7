// The letter before it is ordered.
#include "gateway/addresses.h"
#include "gateway/appeal_json.h"
#include "gateway/handlers.h"
#include "gateway/pdf_response.h"

namespace fsft::gateway {

// Intake says what would be printed, fulfillment prints it. The body is that of a checkout, so what
// is shown is what would be paid for, and what would be refused then is refused now.
absl::StatusOr<http::Response> PreviewDraft(const Services& services, const Call& call) {
  absl::StatusOr<intake::SubmitAppealRequest> appeal = ReadAppeal(call.request, call.access_token);
  if (!appeal.ok()) return appeal.status();
  *appeal->mutable_sender_violations() = UndeliverableParts(services, call, appeal->sender());
  intake::ComposeSubmissionRequest compose;
  *compose.mutable_appeal() = *std::move(appeal);
  auto composed = services.backend.ComposeSubmission(compose, call.deadline);
  if (!composed.ok()) return composed.status();

  fulfillment::RenderPreviewRequest render;
  *render.mutable_submission() = std::move(*composed->mutable_submission());
  auto preview = services.backend.RenderPreview(render, call.deadline);
  if (!preview.ok()) return preview.status();
  return PdfResponse(std::move(*preview->mutable_pdf()));
}

}  // namespace fsft::gateway
