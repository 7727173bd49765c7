#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/exhibits.h"
#include "services/intake/intake_store.h"
#include "services/intake/registry_cache.h"
#include "services/intake/step_flow.h"
#include "shared/crypto/key_source.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// What the customer is told about an intake's appeal that is frozen for payment.
struct FrozenAppeal {
  StoredAppeal stored{};
  std::string citation_number{};
  // A word of common.v1.AppealType.
  std::string appeal_type{};
};

// Takes for payment what an intake has, or what came whole with its token. Thread-safe.
class StepCheckout {
 public:
  // All outlive it.
  struct Parts {
    StepFlow& flow;
    StepStore& steps;
    IntakeStore& intakes;
    Exhibits& exhibits;
  };
  StepCheckout(const Parts& parts, RegistryCache& registry, crypto::KeySource& keys,
               const time::Clock& clock)
      : parts_(parts), registry_(registry), keys_(keys), clock_(clock) {}

  // The request names an intake. Errors as SubmitAppeal's in the proto file. A letter that is
  // frozen already is answered as it is: its draft says what the request is about.
  absl::StatusOr<FrozenAppeal> Submit(
      const fightsftickets::intake::v1::SubmitAppealRequest& request, db::Deadline deadline);

  // What Submit would freeze now; of a draft that is frozen already, exactly that. An open checkout
  // goes on. Errors as ComposeSubmission's in the proto file.
  absl::StatusOr<fightsftickets::intake::v1::Submission> Compose(
      const fightsftickets::intake::v1::SubmitAppealRequest& request, db::Deadline deadline);

 private:
  using Request = fightsftickets::intake::v1::SubmitAppealRequest;
  using Submission = fightsftickets::intake::v1::Submission;
  using Attempt = absl::StatusOr<std::optional<FrozenAppeal>>;

  Attempt Try(const Request& request, const RequestKey& key, db::Deadline deadline);
  Attempt Freeze(const WorkingCopy& copy, const Request& whole, const RequestKey& key,
                 const crypto::DataKey& data_key, db::Deadline deadline);
  absl::StatusOr<Submission> Compose(const WorkingCopy& copy, const Request& whole,
                                     const crypto::DataKey& data_key, db::Deadline deadline);
  absl::Status AddExhibits(const WorkingCopy& copy, const Request& whole,
                           const crypto::DataKey& data_key, db::Deadline deadline,
                           Submission& submission);
  absl::StatusOr<Request> Complete(const Request& request, const WorkingCopy& copy,
                                   const crypto::DataKey& data_key) const;

  const Parts parts_;
  RegistryCache& registry_;
  crypto::KeySource& keys_;
  const time::Clock& clock_;
};

}  // namespace fsft::intake
