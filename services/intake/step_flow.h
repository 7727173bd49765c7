#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/appeal.h"
#include "services/intake/registry_cache.h"
#include "services/intake/step_store.h"
#include "shared/crypto/key_source.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// An appeal that is made step by step: begun, changed, and written in versions. Thread-safe. What
// needs a token answers UNAUTHENTICATED "invalid_token" without the right one; the other errors are
// as the proto file says.
class StepFlow {
 public:
  // All outlive it.
  StepFlow(StepStore& store, RegistryCache& registry, crypto::KeySource& keys,
           const time::Clock& clock)
      : store_(store), registry_(registry), keys_(keys), clock_(clock) {}

  absl::StatusOr<fightsftickets::intake::v1::CreateIntakeResponse> Create(
      const fightsftickets::intake::v1::CreateIntakeRequest& request, db::Deadline deadline);
  absl::StatusOr<fightsftickets::intake::v1::UpdateIntakeResponse> Update(
      const fightsftickets::intake::v1::UpdateIntakeRequest& request, db::Deadline deadline);
  absl::StatusOr<fightsftickets::intake::v1::SaveDraftResponse> Save(
      const fightsftickets::intake::v1::SaveDraftRequest& request, db::Deadline deadline);

  // The intake that a token opens.
  absl::StatusOr<WorkingCopy> Open(std::string_view intake_id, std::string_view token,
                                   db::Deadline deadline);

  // Lets an intake that was offered for payment be changed again: its letter goes on as a new draft,
  // with all else as it is. The caller has asked MayChange. OK also when somebody else has changed it
  // since it was read as `copy`.
  absl::Status Reopen(const WorkingCopy& copy, db::Deadline deadline);

 private:
  template <class T>
  using Attempt = absl::StatusOr<std::optional<T>>;

  absl::StatusOr<fightsftickets::intake::v1::Person> Checked(
      const fightsftickets::intake::v1::Person& given, const Violations& sender_violations,
      db::Deadline deadline);
  Attempt<fightsftickets::intake::v1::CreateIntakeResponse> FindBegun(const RequestKey& key,
                                                                      db::Deadline deadline);
  Attempt<fightsftickets::intake::v1::UpdateIntakeResponse> TryUpdate(
      const fightsftickets::intake::v1::UpdateIntakeRequest& request, db::Deadline deadline);
  Attempt<fightsftickets::intake::v1::UpdateIntakeResponse> Store(
      const WorkingCopy& copy, const fightsftickets::intake::v1::Person& person,
      const crypto::DataKey& key, db::Deadline deadline);
  Attempt<SavedDraft> TrySave(const fightsftickets::intake::v1::SaveDraftRequest& request,
                              const RequestKey& key, db::Deadline deadline);

  StepStore& store_;
  RegistryCache& registry_;
  crypto::KeySource& keys_;
  const time::Clock& clock_;
};

// Whether the customer may still change an intake. ALREADY_EXISTS "already_paid";
// FAILED_PRECONDITION "checkout_open" while it can be paid, unless the caller has ended that, and
// "intake_closed" once it is erased.
absl::Status MayChange(const WorkingCopy& copy, bool checkout_ended);

// FAILED_PRECONDITION "intake_closed": the intake was erased.
absl::Status IntakeClosed();

// UNAVAILABLE: the intake kept changing under the caller's hands; asking again is right.
absl::Status ChangedMeanwhile();

// How often a change is tried on an intake that others change at the same time.
inline constexpr int kChangeRounds = 5;

}  // namespace fsft::intake
