#include "services/fulfillment/previews.h"

#include <utility>

#include "shared/logging/logging.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

// To typeset, and to answer.
constexpr std::chrono::milliseconds kMargin{1000};
constexpr std::chrono::seconds kRetryAfter{2};

absl::Status Gone() {
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "exhibit_gone",
                    "a photograph of this appeal is not there any more");
}

absl::Status Busy() {
  return rpc::WithRetryAfter(
      rpc::Error(absl::StatusCode::kUnavailable, "busy", "other letters are being typeset"),
      kRetryAfter);
}

// Intake refuses beforehand what cannot be printed, so this is a defect of ours.
absl::Status Unprintable(const absl::Status& refusal) {
  logging::Error("intake has taken what cannot be printed", {{"status", refusal.ToString()}});
  return rpc::Error(absl::StatusCode::kInvalidArgument, "unprintable",
                    "this letter cannot be printed");
}

}  // namespace

absl::StatusOr<std::string> Previews::Render(const Submission& submission, rpc::Deadline deadline) {
  const rpc::Deadline begin_by = deadline - kMargin;
  auto exhibits = FetchExhibits(submissions_, submission, begin_by);
  if (!exhibits.ok()) return IsGone(exhibits.status()) ? Gone() : exhibits.status();
  absl::StatusOr<std::string> pdf =
      typesetter_.RenderPreview(LetterOf(submission, *std::move(exhibits)), begin_by);
  if (absl::IsInvalidArgument(pdf.status())) return Unprintable(pdf.status());
  if (absl::IsUnavailable(pdf.status())) return Busy();
  return pdf;
}

}  // namespace fsft::fulfillment
