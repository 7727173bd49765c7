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

bool Authority::RefusesSendersOf(std::string_view state) const {
  const auto& states = row.blocked_sender_states;
  return std::find(states.begin(), states.end(), state) != states.end();
}

std::string_view Authority::ShortName() const {
  return row.short_name.empty() ? row.agency.name() : row.short_name;
}

bool ServedUnverified::Has(std::string_view city_id) const {
  return std::any_of(cities_.begin(), cities_.end(),
                     [&](const std::string& city) { return city == city_id || city == "all"; });
}

absl::StatusOr<std::regex> CompilePattern(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    return absl::InvalidArgumentError(absl::StrCat("bad pattern: ", error.what()));
  }
}

namespace {

bool CanBeOrdered(const AuthorityRow& row, const ServedUnverified& unverified) {
  return !row.blocked && !row.withdrawn && row.has_address && !row.power_of_attorney &&
         (row.verified || unverified.Has(row.city_id));
}

absl::StatusOr<Authority> Prepare(const AuthorityRow& row, const ServedUnverified& unverified) {
  Authority authority{.row = row, .served = CanBeOrdered(row, unverified)};
  if (!absl::LoadTimeZone(row.time_zone, &authority.time_zone)) {
    return absl::InvalidArgumentError(absl::StrCat("unknown time zone ", row.time_zone));
  }
  for (const std::string& text : row.patterns) {
    absl::StatusOr<std::regex> pattern = CompilePattern(text);
    if (!pattern.ok()) return pattern.status();
    authority.patterns.push_back(*std::move(pattern));
  }
  return authority;
}

}  // namespace

absl::StatusOr<Registry> Registry::Create(const std::vector<AuthorityRow>& rows,
                                          const ServedUnverified& unverified) {
  Registry registry;
  for (const AuthorityRow& row : rows) {
    absl::StatusOr<Authority> authority = Prepare(row, unverified);
    if (!authority.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(row.city_id, "/", row.section_id, ": ", authority.status().message()));
    }
    registry.authorities_.push_back(*std::move(authority));
  }
  return registry;
}

bool Registry::HasCity(std::string_view city_id) const {
  return std::any_of(authorities_.begin(), authorities_.end(),
                     [&](const Authority& authority) { return authority.row.city_id == city_id; });
}

bool Registry::ServesCity(std::string_view city_id) const {
  return std::any_of(authorities_.begin(), authorities_.end(), [&](const Authority& authority) {
    return authority.row.city_id == city_id && authority.served;
  });
}

std::vector<const Authority*> Registry::Match(const std::string& citation_number,
                                              std::string_view city_id,
                                              std::string_view section_id) const {
  std::vector<const Authority*> matches;
  for (const Authority& authority : authorities_) {
    if (!city_id.empty() && authority.row.city_id != city_id) continue;
    if (!section_id.empty() && authority.row.section_id != section_id) continue;
    if (authority.Knows(citation_number)) matches.push_back(&authority);
  }
  return matches;
}

const Authority* Registry::Find(std::string_view city_id, std::string_view section_id) const {
  for (const Authority& authority : authorities_) {
    if (authority.row.city_id == city_id && authority.row.section_id == section_id)
      return &authority;
  }
  return nullptr;
}

}  // namespace fsft::intake
