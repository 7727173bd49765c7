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

std::string HmacUnder(const crypto::Key& key, std::string_view what, std::string_view value) {
  return crypto::HmacSha256(key.bytes, absl::StrCat(Absl(what), ":", Absl(value)));
}

}  // namespace

std::string LookupHmac(const crypto::KeyRing& keys, std::string_view what, std::string_view value) {
  return HmacUnder(keys.Current(crypto::Purpose::kLookup), what, value);
}

std::vector<std::string> LookupHmacs(const crypto::KeyRing& keys, std::string_view what,
                                     std::string_view value) {
  std::vector<std::string> hmacs;
  for (const crypto::Key& key : keys.All(crypto::Purpose::kLookup)) {
    hmacs.push_back(HmacUnder(key, what, value));
  }
  return hmacs;
}

Lookups LookupsOf(const Person& person, const crypto::KeyRing& keys) {
  Lookups lookups;
  if (!person.citation().number().empty()) {
    lookups.citation = LookupHmacs(keys, "citation", person.citation().number());
  }
  if (!person.sender().email().empty()) {
    lookups.email = LookupHmacs(keys, "email", absl::AsciiStrToLower(person.sender().email()));
  }
  return lookups;
}

SealedPerson SealPerson(const Person& person, std::string_view intake_id,
                        const crypto::DataKey& key, const crypto::KeyRing& keys) {
  SealedPerson sealed{.person = key.Seal(person.SerializeAsString(), PersonContext(intake_id)),
                      .lookup_key_id = keys.Current(crypto::Purpose::kLookup).id};
  const Lookups lookups = LookupsOf(person, keys);
  if (!lookups.citation.empty()) sealed.citation_hmac = lookups.citation.front();
  if (!lookups.email.empty()) sealed.email_hmac = lookups.email.front();
  return sealed;
}

SealedDraft SealDraft(const Submission& submission, std::string_view draft_id,
                      const crypto::DataKey& key) {
  const std::string clear = submission.SerializeAsString();
  return {.submission = key.Seal(clear, SubmissionContext(draft_id)),
          .content_sha256 = crypto::Sha256(clear)};
}

crypto::WrappedKey WrapIntakeKey(const crypto::DataKey& key, std::string_view intake_id,
                                 const crypto::KeyRing& keys) {
  return key.Wrap(keys, KeyContext(intake_id));
}

absl::StatusOr<crypto::DataKey> OpenIntakeKey(const crypto::WrappedKey& key,
                                              std::string_view intake_id,
                                              const crypto::KeyRing& keys) {
  return crypto::DataKey::Unwrap(keys, key, KeyContext(intake_id));
}

SealedAppeal SealAppeal(const Submission& submission, std::string_view intake_id,
                        std::string_view draft_id, const crypto::KeyRing& keys) {
  const crypto::DataKey key = crypto::DataKey::New();
  Person person;
  *person.mutable_citation() = submission.citation();
  *person.mutable_sender() = submission.sender();
  return {.data_key = WrapIntakeKey(key, intake_id, keys),
          .person = SealPerson(person, intake_id, key, keys),
          .draft = SealDraft(submission, draft_id, key),
          .lookups = LookupsOf(person, keys)};
}

absl::StatusOr<Person> OpenPerson(std::string_view sealed, std::string_view intake_id,
                                  const crypto::WrappedKey& wrapped, const crypto::KeyRing& keys) {
  absl::StatusOr<crypto::DataKey> data_key = OpenIntakeKey(wrapped, intake_id, keys);
  if (!data_key.ok()) return data_key.status();
  absl::StatusOr<std::string> bytes = data_key->Open(sealed, PersonContext(intake_id));
  if (!bytes.ok()) return bytes.status();
  Person person;
  if (!person.ParseFromString(*bytes)) return absl::DataLossError("a sealed person cannot be read");
  return person;
}

absl::StatusOr<Submission> OpenDraft(std::string_view sealed, std::string_view draft_id,
                                     const crypto::DataKey& data_key) {
  absl::StatusOr<std::string> bytes = data_key.Open(sealed, SubmissionContext(draft_id));
  if (!bytes.ok()) return bytes.status();
  Submission submission;
  if (!submission.ParseFromString(*bytes))
    return absl::DataLossError("a sealed draft cannot be read");
  return submission;
}

absl::StatusOr<std::string> OpenSubmission(std::string_view sealed, std::string_view intake_id,
                                           std::string_view draft_id,
                                           const crypto::WrappedKey& wrapped,
                                           const crypto::KeyRing& keys) {
  absl::StatusOr<crypto::DataKey> data_key = OpenIntakeKey(wrapped, intake_id, keys);
  if (!data_key.ok()) return data_key.status();
  return data_key->Open(sealed, SubmissionContext(draft_id));
}

}  // namespace fsft::intake
