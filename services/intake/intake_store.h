#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/intake/registry.h"
#include "services/intake/request_key.h"
#include "services/intake/sealing.h"
#include "shared/db/database.h"
#include "shared/time/clock.h"
#include "shared/work/gathering.h"

namespace fsft::intake {

struct NewAppeal {
  std::string intake_id;
  std::string draft_id;
  std::string city_id;
  std::string section_id;
  std::string appeal_type;
  SealedAppeal sealed = {};
  // A second letter about a citation that was paid for already.
  bool allow_duplicate = false;
};

// An appeal with its request's key, both of which outlive it.
struct KeyedAppeal {
  const NewAppeal& appeal;
  const RequestKey& key;
};

// An appeal that is stored, by this request or by an earlier one.
struct StoredAppeal {
  std::string intake_id;
  std::string draft_id;
  std::string content_sha256;
  int64_t token_version = 1;
  bool repeated = false;
};

struct SubmissionRecord {
  std::string intake_id;
  std::string content_sha256;
  // Nothing once the intake is erased.
  std::optional<crypto::WrappedKey> data_key;
  std::string submission_sealed;
};

struct PersonRecord {
  // Nothing once the intake is erased.
  std::optional<crypto::WrappedKey> data_key;
  std::string person_sealed;
};

// What payment tells of one intake's order.
struct OrderNews {
  std::string intake_id;
  std::string payment_id;
  int64_t version = 0;
  std::string state;
  // From when on its personal data may be erased; nothing while that cannot be said.
  std::optional<time::TimePoint> final_at = {};
};

// All SQL of intake. Thread-safe. Errors are those of shared/db/errors.h where nothing else is
// said.
class IntakeStore {
 public:
  explicit IntakeStore(db::Database& database);

  absl::StatusOr<std::vector<AuthorityRow>> LoadRegistry(db::Deadline deadline);

  // Stores an appeal, in one round trip, which those share that come at the same time; or answers
  // what the same request stored before, in two.
  // INVALID_ARGUMENT "idempotency_key_reused" when the key came with another digest. ALREADY_EXISTS
  // "already_paid" with ids when the same citation and email were paid for in the last 30 days.
  absl::StatusOr<StoredAppeal> Submit(const NewAppeal& appeal, const RequestKey& key,
                                      db::Deadline deadline);
  // Stores several, with one commit; answers for each, in their order. Nothing for one that was not
  // stored, of which only Submit says why.
  absl::StatusOr<std::vector<std::optional<StoredAppeal>>> SubmitTogether(
      std::span<const KeyedAppeal> appeals, db::Deadline deadline);
  // What the same request stored before, nothing when it is new. Errors of the key as above.
  absl::StatusOr<std::optional<StoredAppeal>> FindRepeated(const RequestKey& key,
                                                           db::Deadline deadline);

  // ALREADY_EXISTS "already_paid" with ids when the same person has paid for a letter about the same
  // citation in the last 30 days.
  absl::Status CheckUnpaid(const Lookups& lookups, db::Deadline deadline);

  // Only frozen drafts are found.
  absl::StatusOr<std::optional<SubmissionRecord>> FindSubmission(std::string_view draft_id,
                                                                 db::Deadline deadline);

  // Whom an intake is about.
  absl::StatusOr<std::optional<PersonRecord>> FindPerson(std::string_view intake_id,
                                                         db::Deadline deadline);

  // Takes what is newer than what is known.
  absl::Status PutOrders(const std::vector<OrderNews>& news, db::Deadline deadline);

  // Deletes keys whose time is over; answers how many.
  absl::StatusOr<int> ForgetRequests(db::Deadline deadline);

 private:
  // kKnown: it was not stored, because its key or the letter is known. kTwin: another one with its
  // key was tried.
  enum class Submitted { kNew, kKnown, kTwin };

  absl::StatusOr<std::vector<Submitted>> SubmitAll(std::span<const KeyedAppeal* const> appeals,
                                                   db::Deadline deadline);
  absl::StatusOr<Submitted> SubmitOne(const KeyedAppeal& appeal, db::Deadline deadline);

  db::Database& database_;
  work::Gathering<KeyedAppeal, Submitted> submitting_;
};

}  // namespace fsft::intake
