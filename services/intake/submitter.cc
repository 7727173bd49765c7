#include "services/intake/submitter.h"

#include "absl/strings/str_cat.h"
#include "services/intake/appeal.h"
#include "shared/crypto/encoding.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;

constexpr size_t kSha256Bytes = 32;
constexpr size_t kShortestKey = 16;
constexpr size_t kLongestKey = 255;
// A client that names its key says how long it may retry; without one, only a double click or a
// lost answer is caught.
constexpr std::chrono::seconds kNamedKeyLifetime = std::chrono::hours(24);
constexpr std::chrono::seconds kAutomaticKeyLifetime = std::chrono::minutes(15);

}  // namespace

absl::StatusOr<StoredAppeal> Submitter::Submit(const SubmitAppealRequest& request,
                                               db::Deadline deadline) {
  absl::StatusOr<RequestKey> key = KeyOf(request);
  if (!key.ok()) return key.status();
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  const time::TimePoint now = clock_.Now();
  absl::StatusOr<Submission> submission = CheckAppeal(request, **registry, now);
  if (!submission.ok()) {
    // A repeat is answered from its key, whatever has passed since it was right: a deadline, or a
    // change of the registry. Looked up only now, so that new orders do not pay for it.
    absl::StatusOr<std::optional<StoredAppeal>> repeated = store_.FindRepeated(*key, deadline);
    if (!repeated.ok()) return repeated.status();
    if (!repeated->has_value()) return submission.status();
    return **std::move(repeated);
  }

  NewAppeal appeal{.intake_id = ids::NewUuidV7(now),
                   .draft_id = ids::NewUuidV7(now),
                   .city_id = submission->citation().city_id(),
                   .section_id = submission->citation().section_id(),
                   .appeal_type = words::WordOf(submission->appeal_type()),
                   .allow_duplicate = request.allow_duplicate()};
  appeal.sealed = SealAppeal(*submission, appeal.intake_id, appeal.draft_id, keys_);
  return store_.Submit(appeal, *key, deadline);
}

absl::StatusOr<RequestKey> Submitter::KeyOf(const SubmitAppealRequest& request) const {
  if (request.request_digest().size() != kSha256Bytes) {
    return rpc::InvalidFields({rpc::Violation("request_digest", "invalid", "must be 32 bytes")});
  }
  const std::string& name = request.idempotency_key();
  if (!name.empty() && (name.size() < kShortestKey || name.size() > kLongestKey)) {
    return rpc::InvalidFields(
        {rpc::Violation("Idempotency-Key", "invalid_length", "must have 16 to 255 characters")});
  }
  const bool automatic = name.empty();
  const std::string key = automatic
                              ? absl::StrCat("auto:", crypto::HexEncode(request.request_digest()))
                              : absl::StrCat("named:", name);
  return RequestKey{.key_hmac = LookupHmac(keys_, "submit_appeal", key),
                    .digest = request.request_digest(),
                    .lifetime = automatic ? kAutomaticKeyLifetime : kNamedKeyLifetime};
}

}  // namespace fsft::intake
