#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/intake/request_key.h"
#include "services/intake/sealing.h"
#include "services/intake/working_copy.h"
#include "shared/db/database.h"

namespace fsft::intake {

struct NewIntake {
  std::string intake_id{};
  crypto::WrappedKey data_key{};
  SealedPerson person{};
};

// A version of the letter that is not offered for payment yet.
struct NewDraft {
  std::string draft_id{};
  int64_t version = 0;
  std::string appeal_type{};
  std::string submission_sealed{};
};

// What is offered for payment: of the newest draft, or of a new one.
struct Freezing {
  SealedPerson person{};
  Lookups lookups{};
  std::string draft_id{};
  int64_t version = 0;
  std::string appeal_type{};
  SealedDraft draft{};
  std::string city_id{};
  std::string section_id{};
  // A second letter about a citation that was paid for already.
  bool allow_duplicate = false;
};

// What an earlier request with the same key has made.
struct BegunIntake {
  std::string intake_id{};
  int64_t token_version = 1;
};
struct SavedDraft {
  std::string draft_id{};
  int64_t version = 0;
};

// Appeals that are made step by step. Thread-safe. Errors are those of shared/db/errors.h where
// nothing else is said. What changes an intake answers false when the request came again, or when
// the intake is not as `copy` says any more: look again.
class StepStore {
 public:
  explicit StepStore(db::Database& database) : database_(database) {}

  absl::StatusOr<bool> Begin(const NewIntake& intake, const RequestKey& key, db::Deadline deadline);
  absl::StatusOr<std::optional<WorkingCopy>> Read(std::string_view intake_id,
                                                  db::Deadline deadline);
  // With `draft` the letter goes on as that version.
  absl::StatusOr<bool> Change(const WorkingCopy& copy, const SealedPerson& person,
                              const std::optional<NewDraft>& draft, db::Deadline deadline);
  absl::StatusOr<bool> SaveDraft(const WorkingCopy& copy, const NewDraft& draft,
                                 const RequestKey& key, db::Deadline deadline);
  // May be lost in a crash: the payment of this letter commits with a flush before anybody outside
  // hears of it. False also when the same person has paid for a letter about the same citation.
  absl::StatusOr<bool> Freeze(const WorkingCopy& copy, const Freezing& freezing,
                              const RequestKey& key, db::Deadline deadline);

  // What the same request made before, nothing when it is new. INVALID_ARGUMENT
  // "idempotency_key_reused" when the key came with another digest.
  absl::StatusOr<std::optional<BegunIntake>> FindBegun(const RequestKey& key,
                                                       db::Deadline deadline);
  absl::StatusOr<std::optional<SavedDraft>> FindSavedDraft(const RequestKey& key,
                                                           db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::intake
