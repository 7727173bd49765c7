#include "services/intake/registry/rules.h"

#include <algorithm>
#include <array>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/intake/calendar.h"
#include "services/intake/field_checks.h"
#include "services/intake/registry.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Agency;

constexpr int kLongestAppeal = 365;
constexpr size_t kLongestName = 40;  // what the printer takes
constexpr size_t kLongestLine = 64;
constexpr size_t kShortestCitation = 6;
constexpr size_t kLongestCitation = 20;

// Preparing a letter for somebody counts as practising law there.
constexpr std::array<std::string_view, 4> kUnauthorizedPractice = {"NC", "NJ", "TX", "WA"};
constexpr char kUnauthorizedPracticeReason[] = "unauthorized_practice";
constexpr std::array<std::string_view, 3> kBlockedReasons = {
    kUnauthorizedPracticeReason, "power_of_attorney", "blocked_in_source"};

bool Matches(const std::string& text, const char* pattern) {
  return std::regex_match(text, std::regex(pattern));
}

// One row's problems.
class Row {
 public:
  Row(std::string name, Problems& problems) : name_(std::move(name)), problems_(problems) {
    known_ = std::any_of(problems.begin(), problems.end(),
                         [&](const Problem& problem) { return problem.row == name_; });
  }

  // Whether the row had a problem before.
  bool known() const { return known_; }
  const std::string& name() const { return name_; }
  void Add(std::string reason) { problems_.push_back({.row = name_, .reason = std::move(reason)}); }
  void Require(bool right, std::string_view reason) {
    if (!right) Add(std::string(reason));
  }
  // What the checks of customers' fields found here.
  void AddAll(const FieldChecks& checks) {
    const absl::Status status = checks.ToStatus();
    const rpc::ErrorDetail detail = rpc::DetailOf(status);
    for (const auto& one : detail.field_violations()) {
      Add(absl::StrCat(one.field(), ": ", one.message()));
    }
  }

 private:
  const std::string name_;
  Problems& problems_;
  bool known_ = false;
};

// The checks that customers' fields go through.
void CheckText(FieldChecks& checks, std::string_view field, std::string value, size_t least,
               size_t most) {
  checks.Text(field, value, least, most);
}

bool IsTimeZone(const std::string& name) {
  absl::TimeZone zone;
  // Abseil also takes names of fixed offsets, which know no daylight saving.
  const bool american = absl::StartsWith(name, "America/") || absl::StartsWith(name, "Pacific/");
  return american && absl::LoadTimeZone(name, &zone);
}

std::string SectionName(const CityEntry& city, const SectionEntry& section) {
  return absl::StrCat(RowName(city.city_id), "/", RowName(section.section_id));
}

// The id's state is the city's, so that no reader is misled by it.
bool IdFits(const CityEntry& city) {
  return Matches(city.city_id, "us-[a-z]{2}-[a-z_]+") &&
         absl::EqualsIgnoreCase(city.city_id.substr(3, 2), city.state);
}

void CheckBlocking(const CityEntry& city, Row& row) {
  const std::string& reason = city.blocked_reason;
  const bool known =
      std::find(kBlockedReasons.begin(), kBlockedReasons.end(), reason) != kBlockedReasons.end();
  row.Require(reason.empty() || known, "blocked_reason: is no known code");
  const bool unauthorized = std::find(kUnauthorizedPractice.begin(), kUnauthorizedPractice.end(),
                                      city.state) != kUnauthorizedPractice.end();
  row.Require(!unauthorized || reason == kUnauthorizedPracticeReason,
              absl::StrCat("must be blocked: ", kUnauthorizedPracticeReason));
}

void CheckCity(const CityEntry& city, Row& row) {
  row.Require(IdFits(city), "city_id: must be us-<state>-<name> with the city's state");
  FieldChecks checks;
  CheckText(checks, "name", city.name, 1, 50);
  checks.State("state", city.state);
  row.AddAll(checks);
  row.Require(IsTimeZone(city.time_zone), "time_zone: must be an American zone of the IANA list");
  CheckBlocking(city, row);
}

void CheckAddress(const Agency& address, Row& row) {
  FieldChecks checks;
  CheckText(checks, "address.name", address.name(), 1, kLongestName);
  CheckText(checks, "address.company", address.company(), 0, kLongestName);
  CheckText(checks, "address.address_line1", address.address_line1(), 1, kLongestLine);
  CheckText(checks, "address.address_line2", address.address_line2(), 0, kLongestLine);
  CheckText(checks, "address.city", address.city(), 1, 50);
  checks.State("address.state", address.state());
  checks.Zip("address.zip", address.zip());
  row.AddAll(checks);
}

void CheckFields(const SectionEntry& section, Row& row) {
  FieldChecks checks;
  CheckText(checks, "agency", section.agency, 1, kLongestName);
  for (const std::string& state : section.blocked_sender_states) {
    if (!checks.State("blocked_sender_states", state)) break;
  }
  row.AddAll(checks);
  row.Require(Matches(section.section_id, "[a-z0-9_]+"),
              "section_id: must have small letters, digits and _ only");
  row.Require(section.appeal_days >= 1 && section.appeal_days <= kLongestAppeal,
              "appeal_days: must be from 1 to 365");
  row.Require(section.missing_reason.empty() || Matches(section.missing_reason, "[a-z_]+"),
              "missing_reason: must be a code");
  row.Require(section.verified_on.empty() || ParseIsoDate(section.verified_on).has_value(),
              "verified_on: must be a date like 2026-11-02, or null");
  if (section.routes_to.empty() && section.missing_reason.empty()) {
    CheckAddress(section.address, row);
  }
}

// The patterns of a section, and whether all of them could be read.
bool Compile(const SectionEntry& section, Row& row, std::vector<std::regex>& patterns) {
  bool readable = true;
  for (const std::string& text : section.patterns) {
    const bool whole = absl::StartsWith(text, "^") && absl::EndsWith(text, "$");
    row.Require(whole, "patterns: each must begin with ^ and end with $");
    absl::StatusOr<std::regex> pattern = CompilePattern(text);
    readable = readable && whole && pattern.ok();
    if (pattern.ok()) {
      patterns.push_back(*std::move(pattern));
    } else {
      row.Add(absl::StrCat("patterns: ", pattern.status().message()));
    }
  }
  return readable;
}

struct ReadableSection {
  const SectionEntry& entry;
  Row row;
  std::vector<std::regex> patterns;

  bool Knows(const std::string& number) const {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::regex& pattern) {
      return std::regex_match(number, pattern);
    });
  }
};

void CheckExample(const std::string& example, ReadableSection& section,
                  const std::vector<ReadableSection>& all) {
  const bool normal = NormalizeCitation(example) == example &&
                      example.size() >= kShortestCitation && example.size() <= kLongestCitation;
  if (!normal || !section.Knows(example)) {
    section.row.Add(absl::StrCat("examples: ", example, " is not a number of this section"));
  }
  for (const ReadableSection& other : all) {
    if (&other == &section || !other.Knows(example)) continue;
    section.row.Add(
        absl::StrCat("examples: ", example, " is a number of ", other.entry.section_id, " too"));
  }
}

// Every pattern is shown by an example, and no example is another section's: a number that two
// sections of one city claim could never be appealed.
void CheckExamples(std::vector<ReadableSection>& sections) {
  for (ReadableSection& section : sections) {
    for (const std::string& example : section.entry.examples) {
      CheckExample(example, section, sections);
    }
    for (const std::regex& pattern : section.patterns) {
      const auto& examples = section.entry.examples;
      const bool shown = std::any_of(
          examples.begin(), examples.end(),
          [&](const std::string& example) { return std::regex_match(example, pattern); });
      section.row.Require(shown, "examples: each pattern must have one");
    }
  }
}

void CheckSections(const CityEntry& city, Problems& problems) {
  std::set<std::string> ids;
  std::vector<ReadableSection> readable;
  for (const SectionEntry& section : city.sections) {
    Row row(SectionName(city, section), problems);
    if (row.known()) continue;
    row.Require(ids.insert(section.section_id).second, "section_id: comes twice in this city");
    CheckFields(section, row);
    std::vector<std::regex> patterns;
    if (Compile(section, row, patterns)) {
      readable.push_back({.entry = section, .row = row, .patterns = std::move(patterns)});
    }
  }
  CheckExamples(readable);
}

}  // namespace

std::string RowName(const std::string& id) { return id.empty() ? "?" : id; }

void CheckCities(const std::vector<CityEntry>& cities, Problems& problems) {
  std::set<std::string> ids;
  for (const CityEntry& city : cities) {
    Row row(RowName(city.city_id), problems);
    if (!row.known()) {
      row.Require(ids.insert(city.city_id).second, "city_id: comes twice");
      CheckCity(city, row);
    }
    CheckSections(city, problems);
  }
}

void ResolveRoutes(std::vector<CityEntry>& cities, Problems& problems) {
  for (CityEntry& city : cities) {
    for (SectionEntry& section : city.sections) {
      if (section.routes_to.empty()) continue;
      const auto target = std::find_if(
          city.sections.begin(), city.sections.end(), [&](const SectionEntry& candidate) {
            return candidate.section_id == section.routes_to && candidate.routes_to.empty() &&
                   candidate.missing_reason.empty();
          });
      if (target == city.sections.end()) {
        Row(SectionName(city, section), problems)
            .Add("routes_to: must be a section of this city with an address of its own");
      } else {
        section.address = target->address;
      }
    }
  }
}

}  // namespace fsft::intake
