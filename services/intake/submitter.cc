#include "services/intake/submitter.h"

#include "services/intake/appeal.h"
#include "shared/ids/uuid.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;

// One of several requests that is right.
struct Frozen {
  size_t position = 0;
  NewAppeal appeal;
  RequestKey key;
};

NewAppeal Freeze(const Submission& submission, bool allow_duplicate, const crypto::KeyRing& keys,
                 time::TimePoint now) {
  NewAppeal appeal{.intake_id = ids::NewUuidV7(now),
                   .draft_id = ids::NewUuidV7(now),
                   .city_id = submission.citation().city_id(),
                   .section_id = submission.citation().section_id(),
                   .appeal_type = words::WordOf(submission.appeal_type()),
                   .allow_duplicate = allow_duplicate};
  appeal.sealed = SealAppeal(submission, appeal.intake_id, appeal.draft_id, keys);
  return appeal;
}

absl::StatusOr<RequestKey> KeyOf(const SubmitAppealRequest& request, const crypto::KeyRing& keys) {
  return RequestKeyOf(keys, "submit_appeal", request.idempotency_key(), request.request_digest());
}

}  // namespace

absl::StatusOr<StoredAppeal> Submitter::Submit(const SubmitAppealRequest& request,
                                               db::Deadline deadline) {
  const std::shared_ptr<const crypto::KeyRing> keys = keys_.Current();
  absl::StatusOr<RequestKey> key = KeyOf(request, *keys);
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
  return store_.Submit(Freeze(*submission, request.allow_duplicate(), *keys, now), *key, deadline);
}

absl::StatusOr<std::vector<std::optional<StoredAppeal>>> Submitter::SubmitTogether(
    std::span<const SubmitAppealRequest* const> requests, db::Deadline deadline) {
  const std::shared_ptr<const crypto::KeyRing> keys = keys_.Current();
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  const time::TimePoint now = clock_.Now();
  std::vector<Frozen> frozen;
  for (size_t i = 0; i < requests.size(); ++i) {
    absl::StatusOr<RequestKey> key = KeyOf(*requests[i], *keys);
    const absl::StatusOr<Submission> submission = CheckAppeal(*requests[i], **registry, now);
    if (!key.ok() || !submission.ok()) continue;
    frozen.push_back({.position = i,
                      .appeal = Freeze(*submission, requests[i]->allow_duplicate(), *keys, now),
                      .key = *std::move(key)});
  }
  std::vector<KeyedAppeal> appeals;
  for (const Frozen& one : frozen) appeals.push_back({one.appeal, one.key});
  const auto stored = store_.SubmitTogether(appeals, deadline);
  if (!stored.ok()) return stored.status();
  std::vector<std::optional<StoredAppeal>> answers(requests.size());
  for (size_t i = 0; i < frozen.size(); ++i) answers[frozen[i].position] = (*stored)[i];
  return answers;
}

absl::StatusOr<Submission> Submitter::Compose(const SubmitAppealRequest& request,
                                              db::Deadline deadline) {
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  return CheckAppeal(request, **registry, clock_.Now());
}

}  // namespace fsft::intake
