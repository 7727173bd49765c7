#include "gateway/appeal_json.h"

#include <google/protobuf/message.h>

#include <span>
#include <string>
#include <string_view>

#include "gateway/idempotency_key.h"
#include "gateway/json_reader.h"
#include "shared/crypto/encoding.h"

namespace fsft::gateway {
namespace {

namespace common = fightsftickets::common::v1;
namespace intake = fightsftickets::intake::v1;

common::AppealType ReadAppealType(JsonReader& json) {
  if (!json.Has("appeal_type")) return common::APPEAL_TYPE_STANDARD;
  const std::string name = json.String("appeal_type");
  if (http::SameName(name, "standard")) return common::APPEAL_TYPE_STANDARD;
  if (http::SameName(name, "certified")) return common::APPEAL_TYPE_CERTIFIED;
  // An empty text may be a wrong type, which has its violation already.
  if (!name.empty()) {
    json.AddViolation("appeal_type", "invalid_choice", "Must be standard or certified.");
  }
  return common::APPEAL_TYPE_UNSPECIFIED;
}

// Browsers give a drawn signature as a data URL.
std::string ReadSignature(JsonReader& json) {
  constexpr std::string_view kPrefix = "data:image/png;base64,";
  const std::string url = json.String("signature_data");
  if (url.empty()) return {};
  if (url.starts_with(kPrefix)) {
    auto png = crypto::Base64Decode(std::string_view(url).substr(kPrefix.size()));
    if (png.ok()) return *std::move(png);
  }
  json.AddViolation("signature_data", "invalid_data_url",
                    "Must be a PNG image as a base64 data URL.");
  return {};
}

// A field of the body, and where it goes in a person.
struct PersonField {
  std::string_view name;
  std::string_view path;
};
constexpr PersonField kCitationFields[] = {
    {"citation_number", "number"},      {"city_id", "city_id"},
    {"section_id", "section_id"},       {"violation_date", "violation_date"},
    {"license_plate", "license_plate"}, {"vehicle_info", "vehicle_info"},
};
constexpr PersonField kSenderFields[] = {
    {"user_name", "name"},
    {"user_address_line1", "address_line1"},
    {"user_address_line2", "address_line2"},
    {"user_city", "city"},
    {"user_state", "state"},
    {"user_zip", "zip"},
    {"user_email", "email"},
    {"user_phone", "phone"},
};

void ReadFields(JsonReader& json, std::span<const PersonField> fields,
                google::protobuf::Message& message) {
  for (const auto& [name, path] : fields) {
    const auto* field = message.GetDescriptor()->FindFieldByName(std::string(path));
    message.GetReflection()->SetString(&message, field, json.String(name));
  }
}

template <class Request>
void ReadPerson(JsonReader& json, Request& request) {
  ReadFields(json, kCitationFields, *request.mutable_citation());
  ReadFields(json, kSenderFields, *request.mutable_sender());
}

void AddPaths(const JsonReader& json, std::string_view prefix, std::span<const PersonField> fields,
              google::protobuf::FieldMask& mask) {
  for (const auto& [name, path] : fields) {
    if (json.Names(name)) mask.add_paths(std::string(prefix) + std::string(path));
  }
}

// Exhibits belong to an intake, and only its token shows whose they are.
void ReadExhibits(JsonReader& json, bool with_token, intake::SubmitAppealRequest& appeal) {
  const std::vector<std::string> chosen = json.Strings("selected_evidence");
  if (!with_token && !chosen.empty()) {
    json.AddViolation("selected_evidence", "token_required",
                      "Exhibits can be chosen only with the access token of their intake.");
  }
  if (!json.Has("selected_evidence")) return;
  for (const std::string& id : chosen) appeal.mutable_exhibits()->add_exhibit_ids(id);
}

}  // namespace

absl::StatusOr<intake::SubmitAppealRequest> ReadAppeal(const http::Request& request,
                                                       std::string_view access_token) {
  absl::StatusOr<intake::RequestKey> key = RequestKeyOf(request);
  if (!key.ok()) return key.status();
  absl::StatusOr<JsonReader> json = JsonReader::Parse(request.body);
  if (!json.ok()) return json.status();

  intake::SubmitAppealRequest appeal;
  appeal.set_idempotency_key(key->idempotency_key());
  appeal.set_request_digest(key->request_digest());
  appeal.set_intake_id(json->String("intake_id"));
  appeal.set_draft_id(json->String("draft_id"));
  appeal.set_access_token(std::string(access_token));
  ReadPerson(*json, appeal);
  appeal.set_letter_text(json->String("draft_text"));
  // A draft has its own type, unless the body says another one.
  if (appeal.draft_id().empty() || json->Has("appeal_type")) {
    appeal.set_appeal_type(ReadAppealType(*json));
  }
  appeal.set_signature_png(ReadSignature(*json));
  appeal.set_accept_late(json->Bool("accept_late"));
  appeal.set_allow_duplicate(json->Bool("allow_duplicate"));
  ReadExhibits(*json, !access_token.empty(), appeal);
  if (absl::Status status = json->status(); !status.ok()) return status;
  return appeal;
}

absl::StatusOr<intake::CreateIntakeRequest> ReadNewIntake(const http::Request& request) {
  absl::StatusOr<intake::RequestKey> key = RequestKeyOf(request);
  if (!key.ok()) return key.status();
  absl::StatusOr<JsonReader> json = JsonReader::Parse(request.body);
  if (!json.ok()) return json.status();
  intake::CreateIntakeRequest begun;
  *begun.mutable_request_key() = *std::move(key);
  ReadPerson(*json, begun);
  if (absl::Status status = json->status(); !status.ok()) return status;
  return begun;
}

absl::StatusOr<intake::UpdateIntakeRequest> ReadChanges(const http::Request& request) {
  absl::StatusOr<JsonReader> json = JsonReader::Parse(request.body);
  if (!json.ok()) return json.status();
  intake::UpdateIntakeRequest changes;
  ReadPerson(*json, changes);
  AddPaths(*json, "citation.", kCitationFields, *changes.mutable_fields());
  AddPaths(*json, "sender.", kSenderFields, *changes.mutable_fields());
  if (absl::Status status = json->status(); !status.ok()) return status;
  return changes;
}

absl::StatusOr<intake::SaveDraftRequest> ReadDraft(const http::Request& request) {
  absl::StatusOr<intake::RequestKey> key = RequestKeyOf(request);
  if (!key.ok()) return key.status();
  absl::StatusOr<JsonReader> json = JsonReader::Parse(request.body);
  if (!json.ok()) return json.status();
  intake::SaveDraftRequest draft;
  *draft.mutable_request_key() = *std::move(key);
  draft.set_letter_text(json->String("draft_text"));
  draft.set_appeal_type(ReadAppealType(*json));
  draft.set_signature_png(ReadSignature(*json));
  if (absl::Status status = json->status(); !status.ok()) return status;
  return draft;
}

}  // namespace fsft::gateway
