#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "fightsftickets/intake/v1/submission.pb.h"
#include "services/intake/exhibit_store.h"
#include "services/intake/step_flow.h"
#include "shared/crypto/key_source.h"
#include "shared/rpc/deadline.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Photographs: taken from strangers, made fit for print, sealed, and given out for print.
// Thread-safe. Adding one takes up to 200 MB and a second or two of a core: callers bound how many run at
// once.
class Exhibits {
 public:
  // All outlive it.
  Exhibits(ExhibitStore& store, StepFlow& flow, crypto::KeySource& keys, const time::Clock& clock)
      : store_(store), flow_(flow), keys_(keys), clock_(clock) {}

  // Errors as AddExhibit in intake.proto. A picture that cannot be used is INVALID_ARGUMENT with a
  // violation of "file" whose code is one of shared/images/photograph.h; of another type
  // altogether, also with the reason "unsupported_media_type".
  absl::StatusOr<fightsftickets::intake::v1::AddExhibitResponse> Add(
      const fightsftickets::intake::v1::AddExhibitRequest& request, rpc::Deadline deadline);

  // Takes one back. Errors as RemoveExhibit in intake.proto.
  absl::StatusOr<fightsftickets::intake::v1::RemoveExhibitResponse> Remove(
      const fightsftickets::intake::v1::RemoveExhibitRequest& request, rpc::Deadline deadline);

  // An intake's exhibits as a submission names them, by position. `key` is the intake's.
  absl::StatusOr<std::vector<fightsftickets::intake::v1::Exhibit>> List(std::string_view intake_id,
                                                                        const crypto::DataKey& key,
                                                                        rpc::Deadline deadline);

  // The same for their owner.
  absl::StatusOr<std::vector<fightsftickets::intake::v1::ExhibitSummary>> Summarize(
      std::string_view intake_id, rpc::Deadline deadline);

  // The JPEG. Errors as GetExhibit in submissions.proto.
  absl::StatusOr<std::string> Read(const std::string& exhibit_id, rpc::Deadline deadline);

 private:
  absl::StatusOr<NewExhibit> Prepare(const fightsftickets::intake::v1::AddExhibitRequest& request,
                                     const WorkingCopy& copy) const;
  absl::StatusOr<bool> TryRemove(const fightsftickets::intake::v1::RemoveExhibitRequest& request,
                                 rpc::Deadline deadline);

  ExhibitStore& store_;
  StepFlow& flow_;
  crypto::KeySource& keys_;
  const time::Clock& clock_;
};

}  // namespace fsft::intake
