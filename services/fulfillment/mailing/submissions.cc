#include "services/fulfillment/mailing/submissions.h"

#include <utility>

#include "fightsftickets/intake/v1/submissions.grpc.pb.h"
#include "shared/crypto/digest.h"
#include "shared/rpc/client.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::intake::v1::GetExhibitRequest;
using fightsftickets::intake::v1::GetSubmissionRequest;
using fightsftickets::intake::v1::SubmissionsService;

class IntakeSubmissions final : public Submissions {
 public:
  explicit IntakeSubmissions(std::shared_ptr<const rpc::Channels> intake)
      : client_(std::move(intake)) {}

  absl::StatusOr<std::string> Fetch(const std::string& draft_id, rpc::Deadline deadline) override {
    GetSubmissionRequest request;
    request.set_draft_id(draft_id);
    auto response =
        client_.Call(&rpc::Methods<SubmissionsService>::GetSubmission, request, deadline);
    if (!response.ok()) return response.status();
    return std::move(*response->mutable_submission());
  }

  absl::StatusOr<std::string> FetchExhibit(const std::string& exhibit_id,
                                           rpc::Deadline deadline) override {
    GetExhibitRequest request;
    request.set_exhibit_id(exhibit_id);
    auto response = client_.Call(&rpc::Methods<SubmissionsService>::GetExhibit, request, deadline);
    if (!response.ok()) return response.status();
    return std::move(*response->mutable_jpeg());
  }

 private:
  const rpc::Client<SubmissionsService> client_;
};

}  // namespace

std::unique_ptr<Submissions> SubmissionsOf(std::shared_ptr<const rpc::Channels> intake) {
  return std::make_unique<IntakeSubmissions>(std::move(intake));
}

absl::StatusOr<Submission> OpenSubmission(std::string_view bytes, std::string_view content_sha256) {
  // The hash that intake sends along proves nothing: only the order's own is what was paid for.
  if (crypto::Sha256(bytes) != content_sha256) return absl::DataLossError("content_mismatch");
  Submission submission;
  if (!submission.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("submission_unreadable");
  }
  return submission;
}

bool IsGone(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsDataLoss(status);
}

absl::StatusOr<std::vector<LetterExhibit>> FetchExhibits(Submissions& submissions,
                                                         const Submission& submission,
                                                         rpc::Deadline deadline) {
  std::vector<LetterExhibit> exhibits;
  for (const auto& exhibit : submission.exhibits()) {
    absl::StatusOr<std::string> jpeg = submissions.FetchExhibit(exhibit.exhibit_id(), deadline);
    if (!jpeg.ok())
      return IsGone(jpeg.status()) ? absl::DataLossError("exhibit_gone") : jpeg.status();
    if (crypto::Sha256(*jpeg) != exhibit.sha256()) return absl::DataLossError("exhibit_mismatch");
    exhibits.push_back({.caption = exhibit.caption(), .jpeg = *std::move(jpeg)});
  }
  return exhibits;
}

PostalAddress SenderOf(const Submission& submission) {
  const auto& sender = submission.sender();
  return {.name = sender.name(),
          .company = "",
          .line1 = sender.address_line1(),
          .line2 = sender.address_line2(),
          .city = sender.city(),
          .state = sender.state(),
          .zip = sender.zip()};
}

PostalAddress AgencyOf(const Submission& submission) {
  const auto& agency = submission.agency();
  return {.name = agency.name(),
          .company = agency.company(),
          .line1 = agency.address_line1(),
          .line2 = agency.address_line2(),
          .city = agency.city(),
          .state = agency.state(),
          .zip = agency.zip()};
}

Letter LetterOf(const Submission& submission, std::vector<LetterExhibit> exhibits) {
  const auto& citation = submission.citation();
  return {.sender = SenderOf(submission),
          .sender_email = submission.sender().email(),
          .sender_phone = submission.sender().phone(),
          .agency = AgencyOf(submission),
          .date = submission.submitted_on(),
          .citation_number = citation.number(),
          .violation_date = citation.violation_date(),
          .license_plate = citation.license_plate(),
          .vehicle = citation.vehicle_info(),
          .text = submission.letter_text(),
          .signature_png = submission.signature_png(),
          .exhibits = std::move(exhibits)};
}

}  // namespace fsft::fulfillment
