#include "tests/sandbox/lob/letter_params.h"

#include <cctype>

#include "tests/sandbox/lob/errors.h"
#include "tests/sandbox/lob/fields.h"
#include "tests/sandbox/lob/pdf.h"

namespace fsft::sandbox::lob {
namespace {

constexpr size_t kLongestName = 40;
constexpr size_t kLongestLine = 64;
constexpr size_t kLongestCity = 200;
constexpr size_t kLongestDescription = 255;
constexpr size_t kMaxMetadata = 20;
constexpr int kMaxSheets = 60;

bool AllDigits(std::string_view text) {
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
  }
  return true;
}

bool IsZip(std::string_view zip) {
  if (zip.size() == 5) return AllDigits(zip);
  return zip.size() == 10 && zip[5] == '-' && AllDigits(zip.substr(0, 5)) &&
         AllDigits(zip.substr(6));
}

bool IsState(std::string_view state) {
  return state.size() == 2 && std::isalpha(static_cast<unsigned char>(state[0])) != 0 &&
         std::isalpha(static_cast<unsigned char>(state[1])) != 0;
}

Json OrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

// The limits are those that a product must have checked before it took money: a 422 after payment
// is a letter that cannot be mailed.
Json ParseAddress(const Fields& letter, const std::string& name) {
  const Json* address = letter.Find(name);
  if (address == nullptr) RefuseInvalid(name + " is required");
  if (address->is_string()) Refuse(404, "not_found", name + " address not found");
  if (!address->is_object()) RefuseInvalid(name + " must be an object");
  const Fields fields(*address, name);
  fields.AllowOnly({"name", "company", "address_line1", "address_line2", "address_city",
                    "address_state", "address_zip", "address_country", "email", "phone",
                    "description", "metadata"});
  const auto person = fields.OptionalString("name", kLongestName);
  const auto company = fields.OptionalString("company", kLongestName);
  if (person.value_or("").empty() && company.value_or("").empty()) {
    RefuseInvalid(name + ".name or " + name + ".company is required");
  }
  const std::string state = fields.String("address_state", 2);
  if (!IsState(state)) RefuseInvalid(name + ".address_state must be a 2 letter state short-name");
  const std::string zip = fields.String("address_zip", 10);
  if (!IsZip(zip)) RefuseInvalid(name + ".address_zip must be in a valid zip format");
  fields.OneOf("address_country", {"US"});
  return {{"name", OrNull(person)},
          {"company", OrNull(company)},
          {"address_line1", fields.String("address_line1", kLongestLine)},
          {"address_line2", OrNull(fields.OptionalString("address_line2", kLongestLine))},
          {"address_city", fields.String("address_city", kLongestCity)},
          {"address_state", state},
          {"address_zip", zip}};
}

Json ParseMetadata(const Fields& letter) {
  const Json* metadata = letter.Find("metadata");
  if (metadata == nullptr) return Json::object();
  if (!metadata->is_object()) RefuseInvalid("metadata must be an object");
  if (metadata->size() > kMaxMetadata) {
    RefuseInvalid("metadata must have less than or equal to 20 keys");
  }
  const Fields pairs(*metadata, "metadata");
  for (const auto& [name, value] : metadata->items()) {
    if (Length(name) > 40) RefuseInvalid("metadata keys must be at most 40 characters");
    const std::string text = pairs.OptionalString(name, 500).value_or("");
    if ((name + text).find_first_of("\"\\") != std::string::npos) {
      RefuseInvalid("metadata." + name + " must not contain \" or \\");
    }
  }
  return *metadata;
}

// As Lob does it in truth only later, by letter.rejected or letter.failed: here at once, so that a
// wrong page size is found by the test that made it.
void CheckPdf(const LetterSpec& letter) {
  const absl::StatusOr<PdfFacts> facts = InspectPdf(letter.file);
  if (!facts.ok()) {
    RefuseInvalid("file must be a PDF: " + std::string(facts.status().message()), "invalid_file");
  }
  if (!facts->letter_sized) {
    RefuseInvalid("File dimensions are incorrect: every page must be 8.5x11 inches",
                  "invalid_file_dimensions");
  }
  const int sheets = letter.double_sided ? (facts->pages + 1) / 2 : facts->pages;
  if (sheets > kMaxSheets) {
    RefuseInvalid("file must have no more than 60 sheets", "file_pages_exceed_max");
  }
}

// A PDF comes as an upload. As text Lob also takes HTML, a template's id or a URL; those are kept
// as they are, for the official SDK, which sends JSON: nothing is fetched or rendered here.
void ParseFile(const Call& call, const Fields& fields, LetterSpec& letter) {
  for (const Upload& upload : call.files) {
    if (upload.name != "file") RefuseInvalid("\"" + upload.name + "\" is not allowed");
    letter.file = upload.data;
    letter.file_type = "application/pdf";
    CheckPdf(letter);
    return;
  }
  letter.file = fields.String("file", 10'000'000);
  letter.file_type = "text/plain; charset=utf-8";
  if (letter.file.starts_with("%PDF-")) RefuseInvalid("file must be uploaded", "invalid_file");
}

void ParseService(const Fields& fields, LetterSpec& letter) {
  letter.mail_type =
      fields.OneOf("mail_type", {"usps_first_class", "usps_standard"}).value_or("usps_first_class");
  letter.extra_service = OrNull(
      fields.OneOf("extra_service", {"certified", "certified_return_receipt", "registered"}));
  if (!letter.extra_service.is_null() && letter.mail_type != "usps_first_class") {
    RefuseInvalid("extra_service can only be used with mail_type usps_first_class");
  }
  const auto use_type = fields.OneOf("use_type", {"marketing", "operational"});
  if (!use_type) RefuseInvalid("use_type is required");
  letter.use_type = *use_type;
}

void ParsePrinting(const Fields& fields, LetterSpec& letter) {
  const auto color = fields.OptionalBool("color");
  if (!color) RefuseInvalid("color is required");
  letter.color = *color;
  letter.double_sided = fields.OptionalBool("double_sided").value_or(true);
  letter.address_placement =
      fields.OneOf("address_placement", {"top_first_page", "insert_blank_page"})
          .value_or("top_first_page");
  if (fields.OptionalBool("return_envelope").value_or(false)) {
    RefuseInvalid("perforated_page is required when return_envelope is true",
                  "invalid_perforation_return_envelope");
  }
}

}  // namespace

LetterSpec ParseLetter(const Call& call) {
  const Fields fields(call.form);
  fields.AllowOnly({"to", "from", "file", "color", "use_type", "mail_type", "extra_service",
                    "double_sided", "address_placement", "return_envelope", "metadata",
                    "description", "size"});
  LetterSpec letter;
  letter.to = ParseAddress(fields, "to");
  letter.from = ParseAddress(fields, "from");
  ParseService(fields, letter);
  ParsePrinting(fields, letter);
  letter.metadata = ParseMetadata(fields);
  letter.description = OrNull(fields.OptionalString("description", kLongestDescription));
  fields.OneOf("size", {"us_letter"});
  ParseFile(call, fields, letter);
  return letter;
}

}  // namespace fsft::sandbox::lob
