#include "services/intake/registry.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace fsft::intake {

bool Authority::Knows(const std::string& citation_number) const {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::regex& pattern) {
    return std::regex_match(citation_number, pattern);
  });
}

std::string NormalizeCitation(std::string_view typed) {
  std::string number;
  for (char c : typed) {
    if (c != ' ' && c != '-' && c != '.') number += absl::ascii_toupper(c);
  }
  return number;
}

absl::StatusOr<Registry> Registry::Create(const std::vector<AuthorityRow>& rows) {
  Registry registry;
  for (const AuthorityRow& row : rows) {
    Authority authority{.city_id = row.city_id,
                        .section_id = row.section_id,
                        .blocked = row.blocked,
                        .appeal_days = row.appeal_days,
                        .agency = row.agency};
    const std::string name = absl::StrCat(row.city_id, "/", row.section_id);
    if (!absl::LoadTimeZone(row.time_zone, &authority.time_zone)) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": unknown time zone ", row.time_zone));
    }
    try {
      for (const std::string& pattern : row.patterns) authority.patterns.emplace_back(pattern);
    } catch (const std::regex_error& error) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": bad pattern: ", error.what()));
    }
    registry.authorities_.push_back(std::move(authority));
  }
  return registry;
}

bool Registry::HasCity(std::string_view city_id) const {
  return std::any_of(authorities_.begin(), authorities_.end(),
                     [&](const Authority& authority) { return authority.city_id == city_id; });
}

std::vector<const Authority*> Registry::Match(const std::string& citation_number,
                                              std::string_view city_id,
                                              std::string_view section_id) const {
  std::vector<const Authority*> matches;
  for (const Authority& authority : authorities_) {
    if (!city_id.empty() && authority.city_id != city_id) continue;
    if (!section_id.empty() && authority.section_id != section_id) continue;
    if (authority.Knows(citation_number)) matches.push_back(&authority);
  }
  return matches;
}

const Authority* Registry::Find(std::string_view city_id, std::string_view section_id) const {
  for (const Authority& authority : authorities_) {
    if (authority.city_id == city_id && authority.section_id == section_id) return &authority;
  }
  return nullptr;
}

}  // namespace fsft::intake
