#include "services/intake/registry/file.h"

#include <nlohmann/json.hpp>
#include <set>

#include "services/intake/registry/json_object.h"
#include "services/intake/registry/rules.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Agency;
using nlohmann::json;

constexpr char kFile[] = "file";

// A name that comes twice in one object: JSON parsers take one of the two, and a reviewer reads the
// other.
class RepeatedNames {
 public:
  bool operator()(int, json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) open_.emplace_back();
    if (event == json::parse_event_t::object_end) open_.pop_back();
    if (event == json::parse_event_t::key) {
      std::string name = parsed.get<std::string>();
      if (!open_.back().insert(name).second) repeated_.insert(std::move(name));
    }
    return true;
  }
  const std::set<std::string>& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::set<std::string> repeated_;
};

json ParseJson(std::string_view text, Problems& problems) {
  RepeatedNames names;
  try {
    json parsed = json::parse(text, std::ref(names));
    for (const std::string& name : names.repeated()) {
      problems.push_back({.row = kFile, .reason = name + ": comes twice in one object"});
    }
    return parsed;
  } catch (const json::exception& error) {
    problems.push_back({.row = kFile, .reason = error.what()});
    return json::object();
  }
}

Agency ReadAddress(const json& value, const std::string& row, Problems& problems) {
  JsonObject object(value, row, problems, "address.");
  Agency address;
  address.set_name(object.Text("name"));
  address.set_company(object.OptionalText("company"));
  address.set_address_line1(object.Text("address_line1"));
  address.set_address_line2(object.OptionalText("address_line2"));
  address.set_city(object.Text("city"));
  address.set_state(object.Text("state"));
  address.set_zip(object.Text("zip"));
  object.Finish();
  return address;
}

// Where letters to a section go is said in exactly one of three ways.
void ReadDestination(JsonObject& object, SectionEntry& section, Problems& problems) {
  const int ways = object.Has("address") + object.Has("routes_to") + object.Has("missing_reason");
  if (ways != 1) object.Add("must have one of address, routes_to and missing_reason");
  section.routes_to = object.OptionalText("routes_to");
  section.missing_reason = object.OptionalText("missing_reason");
  if (!object.Has("address")) return;
  const json& address = object.Object("address");
  if (address.is_object()) section.address = ReadAddress(address, object.row(), problems);
}

// How a row is called that may not say its name.
std::string NameIn(const json& value, const char* field) {
  const bool named = value.is_object() && value.contains(field) && value[field].is_string();
  return RowName(named ? value[field].get<std::string>() : "");
}

SectionEntry ReadSection(const json& value, const std::string& city, Problems& problems) {
  JsonObject object(value, city + "/" + NameIn(value, "section_id"), problems);
  SectionEntry section;
  section.section_id = object.Text("section_id");
  section.agency = object.Text("agency");
  section.patterns = object.Texts("patterns");
  section.examples = object.Texts("examples");
  section.appeal_days = object.Number("appeal_days");
  ReadDestination(object, section, problems);
  section.certified_required = object.OptionalFlag("certified_required");
  section.power_of_attorney = object.OptionalFlag("power_of_attorney");
  section.blocked_sender_states = object.OptionalTexts("blocked_sender_states");
  section.source = object.Text("source");
  section.verified_on = object.TextOrNull("verified_on");
  object.Finish();
  return section;
}

std::string ReadBlockedReason(JsonObject& object) {
  const std::string status = object.Text("status");
  if (status == "blocked") return object.Text("blocked_reason");
  if (!status.empty() && status != "active") object.Add("status: must be active or blocked");
  if (!object.OptionalText("blocked_reason").empty()) {
    object.Add("blocked_reason: is for blocked cities only");
  }
  return "";
}

CityEntry ReadCity(const json& value, Problems& problems) {
  JsonObject object(value, NameIn(value, "city_id"), problems);
  CityEntry city;
  city.city_id = object.Text("city_id");
  city.name = object.Text("name");
  city.state = object.Text("state");
  city.time_zone = object.Text("time_zone");
  city.blocked_reason = ReadBlockedReason(object);
  for (const json& section : object.List("sections")) {
    city.sections.push_back(ReadSection(section, object.row(), problems));
  }
  object.Finish();
  return city;
}

}  // namespace

std::vector<CityEntry> ReadRegistryFile(std::string_view text, Problems& problems) {
  std::vector<CityEntry> cities;
  const json parsed = ParseJson(text, problems);
  if (!problems.empty()) return cities;
  JsonObject file(parsed, kFile, problems);
  for (const json& city : file.List("cities")) cities.push_back(ReadCity(city, problems));
  file.Finish();
  CheckCities(cities, problems);
  ResolveRoutes(cities, problems);
  return cities;
}

}  // namespace fsft::intake
