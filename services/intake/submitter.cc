#include "services/intake/submitter.h"

#include "services/intake/appeal.h"
#include "shared/ids/uuid.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;

}  // namespace

absl::StatusOr<StoredAppeal> Submitter::Submit(const SubmitAppealRequest& request,
                                               db::Deadline deadline) {
  const std::shared_ptr<const crypto::KeyRing> keys = keys_.Current();
  absl::StatusOr<RequestKey> key =
      RequestKeyOf(*keys, "submit_appeal", request.idempotency_key(), request.request_digest());
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
  appeal.sealed = SealAppeal(*submission, appeal.intake_id, appeal.draft_id, *keys);
  return store_.Submit(appeal, *key, deadline);
}

absl::StatusOr<Submission> Submitter::Compose(const SubmitAppealRequest& request,
                                              db::Deadline deadline) {
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  return CheckAppeal(request, **registry, clock_.Now());
}

}  // namespace fsft::intake
