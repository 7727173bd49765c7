#include "services/intake/sealing.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "shared/crypto/digest.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::Submission;

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

crypto::SealContext PersonContext(std::string_view intake_id) {
  return {.table = "intake.intakes", .column = "person_sealed", .id = intake_id};
}

crypto::SealContext SubmissionContext(std::string_view draft_id) {
  return {.table = "intake.drafts", .column = "submission_sealed", .id = draft_id};
}

std::string KeyContext(std::string_view intake_id) {
  return absl::StrCat("intake:", Absl(intake_id));
}

}  // namespace

std::string LookupHmac(const crypto::KeyRing& keys, std::string_view what, std::string_view value) {
  return crypto::HmacSha256(keys.Current(crypto::Purpose::kLookup).bytes,
                            absl::StrCat(Absl(what), ":", Absl(value)));
}

SealedAppeal SealAppeal(const Submission& submission, std::string_view intake_id,
                        std::string_view draft_id, const crypto::KeyRing& keys) {
  const crypto::DataKey data_key = crypto::DataKey::New();
  Person person;
  *person.mutable_citation() = submission.citation();
  *person.mutable_sender() = submission.sender();
  const std::string frozen = submission.SerializeAsString();

  SealedAppeal sealed;
  sealed.data_key = data_key.Wrap(keys, KeyContext(intake_id));
  sealed.person = data_key.Seal(person.SerializeAsString(), PersonContext(intake_id));
  sealed.submission = data_key.Seal(frozen, SubmissionContext(draft_id));
  sealed.content_sha256 = crypto::Sha256(frozen);
  sealed.lookup_key_id = keys.Current(crypto::Purpose::kLookup).id;
  sealed.citation_hmac = LookupHmac(keys, "citation", submission.citation().number());
  if (!submission.sender().email().empty()) {
    sealed.email_hmac =
        LookupHmac(keys, "email", absl::AsciiStrToLower(submission.sender().email()));
  }
  return sealed;
}

absl::StatusOr<Person> OpenPerson(std::string_view sealed, std::string_view intake_id,
                                  const crypto::WrappedKey& wrapped, const crypto::KeyRing& keys) {
  absl::StatusOr<crypto::DataKey> data_key =
      crypto::DataKey::Unwrap(keys, wrapped, KeyContext(intake_id));
  if (!data_key.ok()) return data_key.status();
  absl::StatusOr<std::string> bytes = data_key->Open(sealed, PersonContext(intake_id));
  if (!bytes.ok()) return bytes.status();
  Person person;
  if (!person.ParseFromString(*bytes)) return absl::DataLossError("a sealed person cannot be read");
  return person;
}

absl::StatusOr<std::string> OpenSubmission(std::string_view sealed, std::string_view intake_id,
                                           std::string_view draft_id,
                                           const crypto::WrappedKey& wrapped,
                                           const crypto::KeyRing& keys) {
  absl::StatusOr<crypto::DataKey> data_key =
      crypto::DataKey::Unwrap(keys, wrapped, KeyContext(intake_id));
  if (!data_key.ok()) return data_key.status();
  return data_key->Open(sealed, SubmissionContext(draft_id));
}

}  // namespace fsft::intake
