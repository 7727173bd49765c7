#include "tests/sandbox/lob/verifications.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "tests/sandbox/lob/errors.h"
#include "tests/sandbox/lob/fields.h"
#include "tests/sandbox/random_id.h"

namespace fsft::sandbox::lob {
namespace {

constexpr size_t kLongestLine = 200;
constexpr size_t kLongestState = 50;
constexpr size_t kLongestRecipient = 500;

// An address that Lob's test environment knows by a name, and what it answers.
struct Sample {
  std::string_view name;
  std::string_view deliverability;
  std::string_view primary_line;
  std::string_view record_type;
  // USPS's own word: Y, S (without the unit), D (a unit is missing), N.
  std::string_view confirmation;
};
constexpr Sample kSamples[] = {
    {"commercial highrise", "deliverable", "210 KING ST STE 100", "highrise", "Y"},
    {"residential highrise", "deliverable", "220 KING ST APT 5", "highrise", "Y"},
    {"residential house", "deliverable", "230 KING ST", "street", "Y"},
    {"po box", "deliverable", "PO BOX 720114", "po_box", "Y"},
    {"rural route", "deliverable", "RR 1 BOX 18", "rural_route", "Y"},
    {"puerto rico", "deliverable", "123 AVE WILSON CHURCHILL", "street", "Y"},
    {"military", "deliverable", "PSC 1 BOX 123", "street", "Y"},
    {"department of state", "deliverable", "UNIT 1 BOX 123", "street", "Y"},
    {"deliverable", "deliverable", "240 KING ST", "street", "Y"},
    {"missing unit", "deliverable_missing_unit", "250 KING ST", "highrise", "D"},
    {"incorrect unit", "deliverable_incorrect_unit", "250 KING ST APT 999", "highrise", "S"},
    {"unnecessary unit", "deliverable_unnecessary_unit", "230 KING ST APT 1", "street", "S"},
    {"undeliverable block match", "undeliverable", "299 KING ST", "street", "N"},
    {"undeliverable no match", "undeliverable", "1 NOWHERE ST", "", ""},
};

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// "210 KING ST" as "210 King St".
std::string Proper(std::string_view text) {
  std::string proper;
  for (const char c : text) {
    const bool begins = proper.empty() || proper.back() == ' ';
    proper += begins ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return proper;
}

bool IsZip(std::string_view zip) {
  std::string digits(zip);
  if (digits.size() == 10 && digits[5] == '-') digits.erase(5, 1);
  return (digits.size() == 5 || digits.size() == 9) &&
         std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// What names the address: its first line, or all of it in one.
std::string ParseLine(const Fields& fields) {
  fields.AllowOnly({"recipient", "primary_line", "secondary_line", "urbanization", "city", "state",
                    "zip_code", "address"});
  const std::string whole = fields.OptionalString("address", kLongestRecipient).value_or("");
  const std::string line = fields.OptionalString("primary_line", kLongestLine).value_or("");
  if (whole.empty() && line.empty())
    RefuseInvalid("primary_line is required or address is required");
  if (!whole.empty() && !line.empty())
    RefuseInvalid("address and primary_line cannot both be given");
  return whole.empty() ? line : whole;
}

void CheckPlace(const Fields& fields) {
  const auto city = fields.OptionalString("city", kLongestLine).value_or("");
  const auto state = fields.OptionalString("state", kLongestState).value_or("");
  const auto zip = fields.OptionalString("zip_code", 10).value_or("");
  if (!zip.empty() && !IsZip(zip)) RefuseInvalid("zip_code must be in a valid zip format");
  if (zip.empty() && (city.empty() || state.empty()))
    RefuseInvalid("zip_code is required or city and state are required");
}

Json Components(const Sample* sample) {
  const bool known = sample != nullptr && !sample->confirmation.empty();
  const auto when_known = [&](const char* text) { return known ? text : ""; };
  Json components;
  for (const char* empty :
       {"street_predirection", "street_postdirection", "pmb_designator", "pmb_number",
        "extra_secondary_designator", "extra_secondary_number", "secondary_designator",
        "secondary_number", "primary_number", "street_name", "street_suffix", "county",
        "county_fips", "carrier_route", "delivery_point_barcode", "po_box_only_flag"}) {
    components[empty] = "";
  }
  components["city"] = when_known("SAN FRANCISCO");
  components["state"] = when_known("CA");
  components["zip_code"] = when_known("94107");
  components["zip_code_plus_4"] = when_known("1702");
  components["zip_code_type"] = when_known("standard");
  components["address_type"] = when_known("residential");
  components["record_type"] = known ? std::string(sample->record_type) : "";
  components["carrier_route_type"] = when_known("city_delivery");
  components["default_building_address"] = false;
  return components;
}

Json Analysis(const Sample* sample) {
  Json analysis;
  for (const char* empty :
       {"dpv_cmra", "dpv_vacant", "dpv_active", "dpv_inactive_reason", "dpv_throwback",
        "dpv_non_delivery_day_flag", "dpv_non_delivery_day_values", "dpv_no_secure_location",
        "dpv_door_not_accessible", "lacs_indicator", "lacs_return_code", "suite_return_code"}) {
    analysis[empty] = "";
  }
  analysis["dpv_confirmation"] = sample == nullptr ? "" : std::string(sample->confirmation);
  analysis["dpv_footnotes"] = Json::array();
  analysis["ews_match"] = false;
  return analysis;
}

}  // namespace

Json Verify(const Call& call) {
  const Fields fields(call.form);
  const std::string name = Lower(ParseLine(fields));
  if (fields.Find("address") == nullptr) CheckPlace(fields);
  const bool proper = Fields(call.query).OneOf("case", {"upper", "proper"}) == "proper";
  const auto* const found = std::ranges::find(kSamples, name, &Sample::name);
  const Sample* const sample = found == std::end(kSamples) ? nullptr : found;

  const auto cased = [&](std::string_view text) {
    return proper ? Proper(text) : std::string(text);
  };
  Json components = Components(sample);
  components["city"] = cased(components["city"].get<std::string>());
  return {{"id", RandomHexId("us_ver_", 16)},
          {"recipient", "TEST KEYS DO NOT VERIFY ADDRESSES"},
          {"primary_line", sample == nullptr ? "" : cased(sample->primary_line)},
          {"secondary_line", ""},
          {"urbanization", name == "puerto rico" ? "URB FAIR OAKS" : ""},
          {"last_line", sample == nullptr ? "" : "SAN FRANCISCO CA 94107-1702"},
          {"deliverability", sample == nullptr ? "" : std::string(sample->deliverability)},
          {"valid_address", sample != nullptr && !sample->confirmation.empty()},
          {"components", std::move(components)},
          {"deliverability_analysis", Analysis(sample)},
          {"lob_confidence_score", {{"score", nullptr}, {"level", ""}}},
          {"object", "us_verification"}};
}

}  // namespace fsft::sandbox::lob
