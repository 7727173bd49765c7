#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/submission.pb.h"
#include "services/fulfillment/letter/letter.h"
#include "shared/rpc/channels.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {

using Submission = fightsftickets::intake::v1::Submission;

// Where frozen submissions come from: intake, or a fake in the tests of mailing.
class Submissions {
 public:
  virtual ~Submissions() = default;
  // The serialized submission of a draft. NOT_FOUND and DATA_LOSS are final; everything else is
  // worth another try.
  virtual absl::StatusOr<std::string> Fetch(const std::string& draft_id,
                                            rpc::Deadline deadline) = 0;
  // The JPEG of an exhibit. Errors as above.
  virtual absl::StatusOr<std::string> FetchExhibit(const std::string& exhibit_id,
                                                   rpc::Deadline deadline) = 0;
};

// Whether an error of the above is final: intake says so of what will never come back. Everything
// else is about intake itself.
bool IsGone(const absl::Status& status);

// By intake's SubmissionsService.
std::unique_ptr<Submissions> SubmissionsOf(std::shared_ptr<const rpc::Channels> intake);

// Reads a submission if it is the one that was paid for: DATA_LOSS "content_mismatch" when the
// SHA-256 of its bytes is another, "submission_unreadable" when the bytes are no submission.
absl::StatusOr<Submission> OpenSubmission(std::string_view bytes, std::string_view content_sha256);

// Its photographs, one call each, all by `deadline`. DATA_LOSS "exhibit_gone" when intake will never
// have one again, "exhibit_mismatch" when it is not the one that was paid for; other errors are
// worth another try.
absl::StatusOr<std::vector<LetterExhibit>> FetchExhibits(Submissions& submissions,
                                                         const Submission& submission,
                                                         rpc::Deadline deadline);

// What the pages show of it, and what the envelope does.
Letter LetterOf(const Submission& submission, std::vector<LetterExhibit> exhibits);
PostalAddress SenderOf(const Submission& submission);
PostalAddress AgencyOf(const Submission& submission);

}  // namespace fsft::fulfillment
