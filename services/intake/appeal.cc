#include "services/intake/appeal.h"

#include <string>

#include "absl/strings/ascii.h"
#include "services/intake/calendar.h"
#include "services/intake/citation_fields.h"
#include "services/intake/deadline.h"
#include "services/intake/field_checks.h"
#include "services/intake/letter_room.h"
#include "services/intake/text.h"
#include "shared/crypto/random.h"
#include "shared/images/signature.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

using fightsftickets::common::v1::APPEAL_TYPE_CERTIFIED;
using fightsftickets::common::v1::APPEAL_TYPE_STANDARD;
using fightsftickets::common::v1::AppealType;
using fightsftickets::intake::v1::Citation;
using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::Sender;
using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;

constexpr size_t kSaltBytes = 16;

std::string Trimmed(const std::string& text) { return std::string(Trim(text)); }

Sender Normalized(const Sender& given) {
  Sender sender;
  sender.set_name(Trimmed(given.name()));
  sender.set_address_line1(Trimmed(given.address_line1()));
  sender.set_address_line2(Trimmed(given.address_line2()));
  sender.set_city(Trimmed(given.city()));
  sender.set_state(absl::AsciiStrToUpper(Trimmed(given.state())));
  sender.set_zip(Trimmed(given.zip()));
  sender.set_email(Trimmed(given.email()));
  sender.set_phone(Trimmed(given.phone()));
  return sender;
}

// Lengths are what the printer takes. What it would refuse is refused here, before money.
void CheckSender(Sender& sender, FieldChecks& checks) {
  checks.Text("user_name", *sender.mutable_name(), 1, 40);
  checks.Text("user_address_line1", *sender.mutable_address_line1(), 1, 64);
  checks.Text("user_address_line2", *sender.mutable_address_line2(), 0, 64);
  checks.Text("user_city", *sender.mutable_city(), 1, 50);
  checks.State("user_state", sender.state());
  checks.Zip("user_zip", sender.zip());
  checks.Email("user_email", *sender.mutable_email());
  checks.Phone("user_phone", sender.phone());
}

// Others have looked at the sender too.
void AddViolations(const Violations& found, FieldChecks& checks) {
  for (const auto& one : found) checks.Add(one.field(), one.code(), one.message());
}

// A letter's own part of a submission.
Submission LetterOf(const std::string& text, AppealType type, const std::string& signature_png) {
  Submission letter;
  letter.set_letter_text(text);
  letter.set_appeal_type(type);
  letter.set_signature_png(signature_png);
  return letter;
}

void CheckLetter(Submission& letter, FieldChecks& checks) {
  if (checks.Text("draft_text", *letter.mutable_letter_text(), 50, 5000, /*lines=*/true)) {
    CheckTextRoom(letter.letter_text(), checks);
  }
  checks.Png("signature_data", letter.signature_png(), images::kMaxSignatureBytes);
  if (letter.appeal_type() != APPEAL_TYPE_STANDARD &&
      letter.appeal_type() != APPEAL_TYPE_CERTIFIED) {
    checks.Add("appeal_type", "invalid_choice", "must be standard or certified");
  }
}

// What this authority takes, and from whom.
void CheckAuthoritysTerms(const Authority& authority, const Submission& submission,
                          FieldChecks& checks) {
  if (authority.RefusesSendersOf(submission.sender().state())) {
    checks.Add("user_state", "not_served", "is a state whose residents we cannot serve there");
  }
  if (authority.row.certified_required && submission.appeal_type() == APPEAL_TYPE_STANDARD) {
    checks.Add("appeal_type", "certified_required", "must be certified for this agency");
  }
}

absl::Status CityNotServed() {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "city_not_served",
                    "appeals to this city cannot be sent yet");
}

absl::Status CheckDeadline(const Citation& citation, const Authority& authority,
                           time::TimePoint now, bool accept_late) {
  const absl::CivilDay violation = *ParseIsoDate(citation.violation_date());
  if (accept_late || !DeadlineOf(authority, violation, now).is_past) return absl::OkStatus();
  return rpc::Error(
      absl::StatusCode::kInvalidArgument, "deadline_passed",
      "the deadline for this appeal has passed; confirm with accept_late to send it anyway");
}

// Last of all, because decoding costs more than all other checks together.
absl::Status PrepareSignature(Submission& submission) {
  if (submission.signature_png().empty()) return absl::OkStatus();
  absl::StatusOr<std::string> prepared = images::PrepareSignature(submission.signature_png());
  if (absl::IsInvalidArgument(prepared.status())) {
    return rpc::InvalidFields({rpc::Violation(
        "signature_data", "unusable",
        "must be a whole PNG of one picture, with at most 4 million pixels and little detail")});
  }
  if (!prepared.ok()) return prepared.status();
  submission.set_signature_png(*std::move(prepared));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Submission> CheckAppeal(const SubmitAppealRequest& request, const Registry& registry,
                                       time::TimePoint now) {
  Submission submission =
      LetterOf(request.letter_text(), request.appeal_type(), request.signature_png());
  Citation& citation = *submission.mutable_citation();
  citation = NormalizedCitation(request.citation());
  *submission.mutable_sender() = Normalized(request.sender());
  if (!citation.city_id().empty() && !registry.ServesCity(citation.city_id())) {
    return CityNotServed();
  }

  FieldChecks checks;
  const Authority* authority =
      CheckCitation(request.citation().number(), citation, registry, checks);
  CheckViolationDate(citation.violation_date(), authority, now, checks);
  CheckSender(*submission.mutable_sender(), checks);
  AddViolations(request.sender_violations(), checks);
  CheckLetter(submission, checks);
  if (authority != nullptr) {
    CheckAuthoritysTerms(*authority, submission, checks);
    *submission.mutable_agency() = authority->row.agency;
  }
  // It must know that no field is too long by itself.
  if (checks.ok()) CheckRoomAroundText(submission, checks);
  if (absl::Status status = checks.ToStatus(); !status.ok()) return status;
  if (!authority->served) return CityNotServed();
  const absl::CivilDay today = DayIn(authority->time_zone, now);
  if (absl::Status status = CheckDeadline(citation, *authority, now, request.accept_late());
      !status.ok()) {
    return status;
  }

  citation.set_city_id(authority->row.city_id);
  citation.set_section_id(authority->row.section_id);
  submission.set_submitted_on(FormatIsoDate(today));
  if (absl::Status status = PrepareSignature(submission); !status.ok()) return status;
  submission.set_salt(crypto::RandomBytes(kSaltBytes));
  return submission;
}

absl::StatusOr<Person> CheckStep(const Person& given, const Violations& sender_violations,
                                 const Registry& registry, time::TimePoint now) {
  Person person;
  *person.mutable_citation() = NormalizedCitation(given.citation());
  *person.mutable_sender() = Normalized(given.sender());
  Citation& citation = *person.mutable_citation();
  FieldChecks checks(FieldChecks::Missing::kMayComeLater);
  checks.Text("citation_number", *citation.mutable_number(), 6, 20);
  checks.Text("vehicle_info", *citation.mutable_vehicle_info(), 0, 200);
  checks.Text("license_plate", *citation.mutable_license_plate(), 0, 20);
  if (!citation.city_id().empty() && !registry.HasCity(citation.city_id())) {
    checks.Add("city_id", "unknown", "must be the id of a city that we know");
  }
  CheckViolationDate(citation.violation_date(), nullptr, now, checks);
  CheckSender(*person.mutable_sender(), checks);
  AddViolations(sender_violations, checks);
  if (absl::Status status = checks.ToStatus(); !status.ok()) return status;
  return person;
}

absl::StatusOr<Submission> CheckLetter(const std::string& text, AppealType type,
                                       const std::string& signature_png) {
  Submission letter = LetterOf(text, type, signature_png);
  FieldChecks checks;
  CheckLetter(letter, checks);
  if (absl::Status status = checks.ToStatus(); !status.ok()) return status;
  if (absl::Status status = PrepareSignature(letter); !status.ok()) return status;
  return letter;
}

std::string CitationNumberOf(const SubmitAppealRequest& request) {
  return NormalizedCitation(request.citation()).number();
}

}  // namespace fsft::intake
