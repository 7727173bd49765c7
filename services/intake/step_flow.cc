#include "services/intake/step_flow.h"

#include <google/protobuf/util/field_mask_util.h>

#include "services/intake/access_token.h"
#include "services/intake/appeal.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::CreateIntakeRequest;
using fightsftickets::intake::v1::CreateIntakeResponse;
using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::SaveDraftRequest;
using fightsftickets::intake::v1::SaveDraftResponse;
using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::UpdateIntakeRequest;
using fightsftickets::intake::v1::UpdateIntakeResponse;
using google::protobuf::util::FieldMaskUtil;

// Nobody rewrites a letter as often; a program that does must not fill the database.
constexpr int64_t kMostVersions = 200;

int64_t NextVersion(const WorkingCopy& copy) { return copy.draft ? copy.draft->version + 1 : 1; }

// What of a frozen submission is the letter, and goes on into the next draft. The rest is taken
// anew from the person at the next checkout.
Submission LetterOf(const Submission& frozen) {
  Submission letter;
  letter.set_letter_text(frozen.letter_text());
  letter.set_signature_png(frozen.signature_png());
  letter.set_appeal_type(frozen.appeal_type());
  return letter;
}

absl::StatusOr<std::optional<NewDraft>> AfterFrozen(const WorkingCopy& copy,
                                                    const crypto::DataKey& key,
                                                    const std::string& draft_id) {
  if (!copy.draft || !copy.draft->is_final) return std::nullopt;
  absl::StatusOr<Submission> frozen =
      OpenDraft(copy.draft->submission_sealed, copy.draft->draft_id, key);
  if (!frozen.ok()) return frozen.status();
  return NewDraft{.draft_id = draft_id,
                  .version = NextVersion(copy),
                  .appeal_type = copy.draft->appeal_type,
                  .submission_sealed = SealDraft(LetterOf(*frozen), draft_id, key).submission};
}

CreateIntakeResponse AnswerOf(const BegunIntake& begun, const crypto::KeyRing& keys) {
  CreateIntakeResponse response;
  response.set_intake_id(begun.intake_id);
  response.set_access_token(AccessToken(keys, begun.intake_id, begun.token_version));
  return response;
}

absl::StatusOr<Person> Changed(Person person, const UpdateIntakeRequest& request) {
  if (!FieldMaskUtil::IsValidFieldMask<Person>(request.fields())) {
    return rpc::InvalidFields({rpc::Violation("fields", "invalid", "must name known fields")});
  }
  Person given;
  *given.mutable_citation() = request.citation();
  *given.mutable_sender() = request.sender();
  FieldMaskUtil::MergeMessageTo(given, request.fields(), FieldMaskUtil::MergeOptions(), &person);
  return person;
}

}  // namespace

absl::Status IntakeClosed() {
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "intake_closed",
                    "the appeal was given up and erased");
}

absl::Status MayChange(const WorkingCopy& copy, bool checkout_ended) {
  if (copy.state == "paid" || copy.state == "fulfilled") {
    return rpc::WithIds(rpc::Error(absl::StatusCode::kAlreadyExists, "already_paid",
                                   "the appeal is paid for and cannot be changed any more"),
                        {{"payment_id", copy.payment_id}, {"intake_id", copy.intake_id}});
  }
  if (!copy.data_key) return IntakeClosed();
  if (copy.state == "submitted" && !checkout_ended) {
    return rpc::Error(absl::StatusCode::kFailedPrecondition, "checkout_open",
                      "the appeal can be paid for as it is; that checkout must be ended first");
  }
  return absl::OkStatus();
}

absl::Status ChangedMeanwhile() { return absl::UnavailableError("the intake kept changing"); }

absl::StatusOr<WorkingCopy> StepFlow::Open(std::string_view intake_id, std::string_view token,
                                           db::Deadline deadline) {
  if (!ids::IsUuid(intake_id)) return InvalidToken();
  absl::StatusOr<std::optional<WorkingCopy>> copy = store_.Read(intake_id, deadline);
  if (!copy.ok()) return copy.status();
  const int64_t version = copy->has_value() ? (*copy)->token_version : 0;
  const bool fits = IsAccessToken(*keys_.Current(), token, intake_id, version);
  if (!copy->has_value() || !fits) return InvalidToken();
  return **std::move(copy);
}

absl::StatusOr<Person> StepFlow::Checked(const Person& given, const Violations& sender_violations,
                                         db::Deadline deadline) {
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  return CheckStep(given, sender_violations, **registry, clock_.Now());
}

absl::StatusOr<CreateIntakeResponse> StepFlow::Create(const CreateIntakeRequest& request,
                                                      db::Deadline deadline) {
  const auto keys = keys_.Current();
  absl::StatusOr<RequestKey> key =
      RequestKeyOf(*keys, "create_intake", request.request_key().idempotency_key(),
                   request.request_key().request_digest());
  if (!key.ok()) return key.status();
  Person given;
  *given.mutable_citation() = request.citation();
  *given.mutable_sender() = request.sender();
  const absl::StatusOr<Person> person = Checked(given, request.sender_violations(), deadline);
  if (!person.ok()) {
    // A repeat is answered as it was, whatever has been found out since.
    Attempt<CreateIntakeResponse> before = FindBegun(*key, deadline);
    if (!before.ok()) return before.status();
    if (!before->has_value()) return person.status();
    return **std::move(before);
  }

  const std::string intake_id = ids::NewUuidV7(clock_.Now());
  const crypto::DataKey data_key = crypto::DataKey::New();
  const NewIntake intake{.intake_id = intake_id,
                         .data_key = WrapIntakeKey(data_key, intake_id, *keys),
                         .person = SealPerson(*person, intake_id, data_key, *keys)};
  absl::StatusOr<bool> begun = store_.Begin(intake, *key, deadline);
  if (!begun.ok()) return begun.status();
  if (*begun) return AnswerOf({.intake_id = intake_id}, *keys);
  Attempt<CreateIntakeResponse> before = FindBegun(*key, deadline);
  if (!before.ok()) return before.status();
  if (!before->has_value()) return ChangedMeanwhile();
  return **std::move(before);
}

StepFlow::Attempt<CreateIntakeResponse> StepFlow::FindBegun(const RequestKey& key,
                                                            db::Deadline deadline) {
  absl::StatusOr<std::optional<BegunIntake>> before = store_.FindBegun(key, deadline);
  if (!before.ok()) return before.status();
  if (!before->has_value()) return std::nullopt;
  CreateIntakeResponse response = AnswerOf(**before, *keys_.Current());
  response.set_repeated_request(true);
  return response;
}

absl::StatusOr<UpdateIntakeResponse> StepFlow::Update(const UpdateIntakeRequest& request,
                                                      db::Deadline deadline) {
  for (int round = 0; round < kChangeRounds; ++round) {
    Attempt<UpdateIntakeResponse> response = TryUpdate(request, deadline);
    if (!response.ok()) return response.status();
    if (response->has_value()) return **std::move(response);
  }
  return ChangedMeanwhile();
}

StepFlow::Attempt<UpdateIntakeResponse> StepFlow::TryUpdate(const UpdateIntakeRequest& request,
                                                            db::Deadline deadline) {
  absl::StatusOr<WorkingCopy> copy = Open(request.intake_id(), request.access_token(), deadline);
  if (!copy.ok()) return copy.status();
  if (absl::Status status = MayChange(*copy, request.checkout_ended()); !status.ok()) return status;
  const auto keys = keys_.Current();
  absl::StatusOr<crypto::DataKey> key = OpenIntakeKey(*copy->data_key, copy->intake_id, *keys);
  if (!key.ok()) return key.status();
  absl::StatusOr<Person> stored =
      OpenPerson(copy->person_sealed, copy->intake_id, *copy->data_key, *keys);
  if (!stored.ok()) return stored.status();
  absl::StatusOr<Person> person = Changed(*std::move(stored), request);
  if (person.ok()) person = Checked(*person, request.sender_violations(), deadline);
  if (!person.ok()) return person.status();
  return Store(*copy, *person, *key, deadline);
}

absl::Status StepFlow::Reopen(const WorkingCopy& copy, db::Deadline deadline) {
  if (copy.state == "draft") return absl::OkStatus();
  const auto keys = keys_.Current();
  absl::StatusOr<crypto::DataKey> key = OpenIntakeKey(*copy.data_key, copy.intake_id, *keys);
  if (!key.ok()) return key.status();
  absl::StatusOr<Person> person =
      OpenPerson(copy.person_sealed, copy.intake_id, *copy.data_key, *keys);
  if (!person.ok()) return person.status();
  return Store(copy, *person, *key, deadline).status();
}

StepFlow::Attempt<UpdateIntakeResponse> StepFlow::Store(const WorkingCopy& copy,
                                                        const Person& person,
                                                        const crypto::DataKey& key,
                                                        db::Deadline deadline) {
  absl::StatusOr<std::optional<NewDraft>> next =
      AfterFrozen(copy, key, ids::NewUuidV7(clock_.Now()));
  if (!next.ok()) return next.status();
  absl::StatusOr<bool> changed = store_.Change(
      copy, SealPerson(person, copy.intake_id, key, *keys_.Current()), *next, deadline);
  if (!changed.ok()) return changed.status();
  if (!*changed) return std::nullopt;
  UpdateIntakeResponse response;
  if (next->has_value()) {
    response.set_draft_id((*next)->draft_id);
  } else if (copy.draft) {
    response.set_draft_id(copy.draft->draft_id);
  }
  return response;
}

absl::StatusOr<SaveDraftResponse> StepFlow::Save(const SaveDraftRequest& request,
                                                 db::Deadline deadline) {
  absl::StatusOr<RequestKey> key =
      RequestKeyOf(*keys_.Current(), "save_draft:" + request.intake_id(),
                   request.request_key().idempotency_key(), request.request_key().request_digest());
  if (!key.ok()) return key.status();
  Attempt<SavedDraft> saved = std::nullopt;
  bool repeated = false;
  for (int round = 0; round < kChangeRounds && saved.ok() && !saved->has_value(); ++round) {
    saved = TrySave(request, *key, deadline);
    if (saved.ok() ? saved->has_value() : absl::IsUnauthenticated(saved.status())) break;
    // Whatever stands in the way, a request that was answered before is answered again.
    Attempt<SavedDraft> before = store_.FindSavedDraft(*key, deadline);
    if (!before.ok() || before->has_value()) {
      saved = std::move(before);
      repeated = true;
    }
  }
  if (!saved.ok()) return saved.status();
  if (!saved->has_value()) return ChangedMeanwhile();
  SaveDraftResponse response;
  response.set_draft_id((*saved)->draft_id);
  response.set_version(static_cast<int32_t>((*saved)->version));
  response.set_repeated_request(repeated);
  return response;
}

StepFlow::Attempt<SavedDraft> StepFlow::TrySave(const SaveDraftRequest& request,
                                                const RequestKey& key, db::Deadline deadline) {
  absl::StatusOr<WorkingCopy> copy = Open(request.intake_id(), request.access_token(), deadline);
  if (!copy.ok()) return copy.status();
  if (absl::Status status = MayChange(*copy, request.checkout_ended()); !status.ok()) return status;
  absl::StatusOr<Submission> letter =
      CheckLetter(request.letter_text(), request.appeal_type(), request.signature_png());
  if (!letter.ok()) return letter.status();
  if (NextVersion(*copy) > kMostVersions) {
    return rpc::Error(absl::StatusCode::kFailedPrecondition, "too_many_drafts",
                      "the letter of this appeal was changed too often");
  }
  absl::StatusOr<crypto::DataKey> data_key =
      OpenIntakeKey(*copy->data_key, copy->intake_id, *keys_.Current());
  if (!data_key.ok()) return data_key.status();

  NewDraft draft{.draft_id = ids::NewUuidV7(clock_.Now()),
                 .version = NextVersion(*copy),
                 .appeal_type = words::WordOf(letter->appeal_type())};
  draft.submission_sealed = SealDraft(*letter, draft.draft_id, *data_key).submission;
  absl::StatusOr<bool> stored = store_.SaveDraft(*copy, draft, key, deadline);
  if (!stored.ok()) return stored.status();
  if (!*stored) return std::nullopt;
  return SavedDraft{.draft_id = draft.draft_id, .version = draft.version};
}

}  // namespace fsft::intake
