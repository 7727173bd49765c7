#include "services/intake/step_checkout.h"

#include <algorithm>

#include "services/intake/appeal.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Exhibit;
using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;

absl::Status DraftOutdated() {
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "draft_outdated",
                    "the appeal has a newer draft than this one");
}

bool NamesNewestDraft(const SubmitAppealRequest& request, const WorkingCopy& copy) {
  return copy.draft && copy.draft->draft_id == request.draft_id();
}

// A draft that was offered for payment before is answered from what is stored, as often as it is
// asked for.
absl::StatusOr<FrozenAppeal> AsFrozen(const WorkingCopy& copy, const crypto::DataKey& data_key) {
  absl::StatusOr<Submission> frozen =
      OpenDraft(copy.draft->submission_sealed, copy.draft->draft_id, data_key);
  if (!frozen.ok()) return frozen.status();
  return FrozenAppeal{.stored = {.intake_id = copy.intake_id,
                                 .draft_id = copy.draft->draft_id,
                                 .content_sha256 = copy.draft->content_sha256,
                                 .token_version = copy.token_version,
                                 .repeated = true},
                      .citation_number = frozen->citation().number(),
                      .appeal_type = copy.draft->appeal_type};
}

Person PersonOf(const Submission& submission) {
  Person person;
  *person.mutable_citation() = submission.citation();
  *person.mutable_sender() = submission.sender();
  return person;
}

}  // namespace

absl::StatusOr<FrozenAppeal> StepCheckout::Submit(const SubmitAppealRequest& request,
                                                  db::Deadline deadline) {
  absl::StatusOr<RequestKey> key =
      RequestKeyOf(*keys_.Current(), "submit_appeal:" + request.intake_id(),
                   request.idempotency_key(), request.request_digest());
  if (!key.ok()) return key.status();
  for (int round = 0; round < kChangeRounds; ++round) {
    Attempt frozen = Try(request, *key, deadline);
    if (frozen.ok() && frozen->has_value()) return **std::move(frozen);
    if (absl::IsUnauthenticated(frozen.status())) return frozen.status();
    // Whatever stands in the way, a request that was answered before is answered again. One that
    // names its draft needs no key for that; and after an edit it must not bring the old letter back.
    absl::StatusOr<std::optional<StoredAppeal>> before =
        parts_.intakes.FindRepeated(*key, deadline);
    if (!before.ok()) return before.status();
    if (before->has_value() && request.draft_id().empty()) {
      return FrozenAppeal{.stored = **std::move(before),
                          .citation_number = CitationNumberOf(request),
                          .appeal_type = words::WordOf(request.appeal_type())};
    }
    if (!frozen.ok()) return frozen.status();
  }
  return ChangedMeanwhile();
}

absl::StatusOr<Submission> StepCheckout::Compose(const Request& request, db::Deadline deadline) {
  absl::StatusOr<WorkingCopy> copy =
      parts_.flow.Open(request.intake_id(), request.access_token(), deadline);
  if (!copy.ok()) return copy.status();
  if (!copy->data_key) return IntakeClosed();
  const bool names_draft = !request.draft_id().empty();
  if (names_draft && !NamesNewestDraft(request, *copy)) return DraftOutdated();
  absl::StatusOr<crypto::DataKey> data_key =
      OpenIntakeKey(*copy->data_key, copy->intake_id, *keys_.Current());
  if (!data_key.ok()) return data_key.status();
  if (names_draft && copy->draft->is_final)
    return OpenDraft(copy->draft->submission_sealed, copy->draft->draft_id, *data_key);
  absl::StatusOr<Request> whole = Complete(request, *copy, *data_key);
  if (!whole.ok()) return whole.status();
  return Compose(*copy, *whole, *data_key, deadline);
}

StepCheckout::Attempt StepCheckout::Try(const Request& request, const RequestKey& key,
                                        db::Deadline deadline) {
  absl::StatusOr<WorkingCopy> copy =
      parts_.flow.Open(request.intake_id(), request.access_token(), deadline);
  if (!copy.ok()) return copy.status();
  const bool names_draft = !request.draft_id().empty();
  const bool frozen_already =
      names_draft && NamesNewestDraft(request, *copy) && copy->draft->is_final && copy->data_key;
  if (!frozen_already) {
    if (absl::Status status = MayChange(*copy, request.checkout_ended()); !status.ok())
      return status;
    if (names_draft && !NamesNewestDraft(request, *copy)) return DraftOutdated();
  }
  absl::StatusOr<crypto::DataKey> data_key =
      OpenIntakeKey(*copy->data_key, copy->intake_id, *keys_.Current());
  if (!data_key.ok()) return data_key.status();
  if (frozen_already) return AsFrozen(*copy, *data_key);
  absl::StatusOr<Request> whole = Complete(request, *copy, *data_key);
  if (!whole.ok()) return whole.status();
  return Freeze(*copy, *whole, key, *data_key, deadline);
}

// A request that only names its draft, as if everything had come with it.
absl::StatusOr<SubmitAppealRequest> StepCheckout::Complete(const Request& request,
                                                           const WorkingCopy& copy,
                                                           const crypto::DataKey& data_key) const {
  if (request.draft_id().empty()) return request;
  absl::StatusOr<Person> person =
      OpenPerson(copy.person_sealed, copy.intake_id, *copy.data_key, *keys_.Current());
  if (!person.ok()) return person.status();
  absl::StatusOr<Submission> letter =
      OpenDraft(copy.draft->submission_sealed, copy.draft->draft_id, data_key);
  if (!letter.ok()) return letter.status();
  Request whole = request;
  *whole.mutable_citation() = person->citation();
  *whole.mutable_sender() = person->sender();
  whole.set_letter_text(letter->letter_text());
  whole.set_signature_png(letter->signature_png());
  if (whole.appeal_type() == fightsftickets::common::v1::APPEAL_TYPE_UNSPECIFIED) {
    whole.set_appeal_type(letter->appeal_type());
  }
  return whole;
}

// The chosen ones in the order of their choice, or all of them.
absl::Status StepCheckout::AddExhibits(const WorkingCopy& copy, const Request& whole,
                                       const crypto::DataKey& data_key, db::Deadline deadline,
                                       Submission& submission) {
  absl::StatusOr<std::vector<Exhibit>> stored =
      parts_.exhibits.List(copy.intake_id, data_key, deadline);
  if (!stored.ok()) return stored.status();
  if (!whole.has_exhibits()) {
    submission.mutable_exhibits()->Add(stored->begin(), stored->end());
    return absl::OkStatus();
  }
  for (const std::string& id : whole.exhibits().exhibit_ids()) {
    const auto chosen = std::find_if(stored->begin(), stored->end(),
                                     [&](const Exhibit& one) { return one.exhibit_id() == id; });
    if (chosen == stored->end()) {
      return rpc::InvalidFields({rpc::Violation("selected_evidence", "unknown",
                                                "must be exhibits of this appeal, each once")});
    }
    *submission.add_exhibits() = *chosen;
    stored->erase(chosen);
  }
  return absl::OkStatus();
}

absl::StatusOr<Submission> StepCheckout::Compose(const WorkingCopy& copy, const Request& whole,
                                                 const crypto::DataKey& data_key,
                                                 db::Deadline deadline) {
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  absl::StatusOr<Submission> submission = CheckAppeal(whole, **registry, clock_.Now());
  if (!submission.ok()) return submission.status();
  if (absl::Status status = AddExhibits(copy, whole, data_key, deadline, *submission); !status.ok())
    return status;
  return submission;
}

StepCheckout::Attempt StepCheckout::Freeze(const WorkingCopy& copy, const Request& whole,
                                           const RequestKey& key, const crypto::DataKey& data_key,
                                           db::Deadline deadline) {
  absl::StatusOr<Submission> submission = Compose(copy, whole, data_key, deadline);
  if (!submission.ok()) return submission.status();

  const bool names_draft = !whole.draft_id().empty();
  const auto keys = keys_.Current();
  const Person person = PersonOf(*submission);
  Freezing freezing{.person = SealPerson(person, copy.intake_id, data_key, *keys),
                    .lookups = LookupsOf(person, *keys),
                    .draft_id = names_draft ? whole.draft_id() : ids::NewUuidV7(clock_.Now()),
                    .version = (copy.draft ? copy.draft->version : 0) + (names_draft ? 0 : 1),
                    .appeal_type = words::WordOf(submission->appeal_type()),
                    .city_id = submission->citation().city_id(),
                    .section_id = submission->citation().section_id(),
                    .allow_duplicate = whole.allow_duplicate()};
  freezing.draft = SealDraft(*submission, freezing.draft_id, data_key);
  absl::StatusOr<bool> stored = parts_.steps.Freeze(copy, freezing, key, deadline);
  if (!stored.ok()) return stored.status();
  if (!*stored) {
    if (freezing.allow_duplicate) return std::nullopt;
    absl::Status unpaid = parts_.intakes.CheckUnpaid(freezing.lookups, deadline);
    if (!unpaid.ok()) return unpaid;
    return std::nullopt;
  }
  return FrozenAppeal{.stored = {.intake_id = copy.intake_id,
                                 .draft_id = freezing.draft_id,
                                 .content_sha256 = freezing.draft.content_sha256,
                                 .token_version = copy.token_version},
                      .citation_number = submission->citation().number(),
                      .appeal_type = freezing.appeal_type};
}

}  // namespace fsft::intake
