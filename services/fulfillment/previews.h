#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/fulfillment/letter/typesetter.h"
#include "services/fulfillment/mailing/submissions.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {

// The letter before it is ordered, as it would be printed. Thread-safe.
class Previews {
 public:
  // Both outlive it.
  Previews(Submissions& submissions, Typesetter& typesetter)
      : submissions_(submissions), typesetter_(typesetter) {}

  // A PDF. Errors as RenderPreview's in the proto file, and those of the call to intake.
  absl::StatusOr<std::string> Render(const Submission& submission, rpc::Deadline deadline);

 private:
  Submissions& submissions_;
  Typesetter& typesetter_;
};

}  // namespace fsft::fulfillment
