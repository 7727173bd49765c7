#include "gateway/appeal_json.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "gateway/json_reader.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

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

void ReadCitation(JsonReader& json, intake::Citation& citation) {
  citation.set_number(json.String("citation_number"));
  citation.set_city_id(json.String("city_id"));
  citation.set_section_id(json.String("section_id"));
  citation.set_violation_date(json.String("violation_date"));
  citation.set_license_plate(json.String("license_plate"));
  citation.set_vehicle_info(json.String("vehicle_info"));
}

void ReadSender(JsonReader& json, intake::Sender& sender) {
  sender.set_name(json.String("user_name"));
  sender.set_address_line1(json.String("user_address_line1"));
  sender.set_address_line2(json.String("user_address_line2"));
  sender.set_city(json.String("user_city"));
  sender.set_state(json.String("user_state"));
  sender.set_zip(json.String("user_zip"));
  sender.set_email(json.String("user_email"));
  sender.set_phone(json.String("user_phone"));
}

// Exhibits belong to an intake, and only its token shows whose they are.
void RefuseExhibits(JsonReader& json) {
  if (json.Strings("selected_evidence").empty()) return;
  json.AddViolation("selected_evidence", "token_required",
                    "Exhibits can be chosen only with the access token of their intake.");
}

absl::StatusOr<std::string> ReadIdempotencyKey(const http::Request& request) {
  const std::string_view key = request.Find("Idempotency-Key");
  // A header that is there and empty reads like none; no client means one by it.
  const bool printable =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!key.empty() && (key.size() < 16 || key.size() > 255 || !printable)) {
    return rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_idempotency_key",
                      "An Idempotency-Key has 16 to 255 printable characters without blanks.");
  }
  return std::string(key);
}

}  // namespace

absl::StatusOr<intake::SubmitAppealRequest> ReadAppeal(const http::Request& request) {
  absl::StatusOr<std::string> key = ReadIdempotencyKey(request);
  if (!key.ok()) return key.status();
  absl::StatusOr<JsonReader> json = JsonReader::Parse(request.body);
  if (!json.ok()) return json.status();

  intake::SubmitAppealRequest appeal;
  appeal.set_idempotency_key(*std::move(key));
  // Of the bytes, not of their meaning: a repeat is the same request sent again.
  appeal.set_request_digest(crypto::Sha256(request.body));
  ReadCitation(*json, *appeal.mutable_citation());
  ReadSender(*json, *appeal.mutable_sender());
  appeal.set_letter_text(json->String("draft_text"));
  appeal.set_appeal_type(ReadAppealType(*json));
  appeal.set_signature_png(ReadSignature(*json));
  appeal.set_accept_late(json->Bool("accept_late"));
  appeal.set_allow_duplicate(json->Bool("allow_duplicate"));
  RefuseExhibits(*json);
  if (absl::Status status = json->status(); !status.ok()) return status;
  return appeal;
}

}  // namespace fsft::gateway
