#include "services/intake/citation_check.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/intake/calendar.h"
#include "services/intake/citation_format.h"
#include "services/intake/deadline.h"
#include "services/intake/field_checks.h"
#include "services/intake/text.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::CitationMatch;
using fightsftickets::intake::v1::City;
using fightsftickets::intake::v1::ListCitiesResponse;
using fightsftickets::intake::v1::ValidateCitationRequest;
using fightsftickets::intake::v1::ValidateCitationResponse;

using Matches = std::vector<const Authority*>;

constexpr size_t kShortestPlate = 2;
constexpr size_t kLongestPlate = 8;
// Before cars; a date that early is a slip.
constexpr int kFirstYear = 1900;

void ShowMatches(const Matches& matches, ValidateCitationResponse& response) {
  for (const Authority* authority : matches) {
    CitationMatch& match = *response.add_matches();
    match.set_city_id(authority->row.city_id);
    match.set_section_id(authority->row.section_id);
    match.set_agency(std::string(authority->ShortName()));
    match.set_verified(authority->row.verified);
    match.set_is_served(authority->served);
  }
}

// The one authority that the number is of; null when it is none's, or more than one's.
const Authority* FindAuthority(const ValidateCitationRequest& request, const Registry& registry,
                               ValidateCitationResponse& response) {
  const std::string& number = response.citation_number();
  const std::string city(Trim(request.city_id())), section(Trim(request.section_id()));
  const Matches chosen = registry.Match(number, city, section);
  if (!chosen.empty()) {
    ShowMatches(chosen, response);
    response.set_is_valid(true);
    response.set_ambiguous(chosen.size() > 1);
    return chosen.size() == 1 ? chosen.front() : nullptr;
  }
  const Matches elsewhere = registry.Match(number, "", "");
  ShowMatches(elsewhere, response);
  response.set_city_mismatch(!elsewhere.empty());
  response.set_message(elsewhere.empty()
                           ? "This is not a citation number that we know how to appeal."
                           : "This is not a citation number of the chosen city or agency.");
  return nullptr;
}

// Odd, and no reason not to go on: states have plates of their own ideas.
void CheckPlate(const std::string& typed, ValidateCitationResponse& response) {
  const size_t length = NormalizeCitation(Trim(typed)).size();
  if (length == 0 || (length >= kShortestPlate && length <= kLongestPlate)) return;
  if (response.message().empty()) {
    response.set_message("A license plate usually has 2 to 8 characters.");
  }
}

void SetDeadline(const Authority& authority, absl::CivilDay violation, time::TimePoint now,
                 ValidateCitationResponse& response) {
  const AppealDeadline deadline = DeadlineOf(authority, violation, now);
  response.mutable_deadline()->set_date(FormatIsoDate(deadline.day));
  response.mutable_deadline()->set_days_remaining(deadline.days_remaining);
  response.mutable_deadline()->set_is_urgent(deadline.is_urgent);
  response.mutable_deadline()->set_is_past(deadline.is_past);
}

// The days of the authority's city count; where it is not known, those of UTC, which is ahead of
// the states.
absl::Status CheckDate(const std::optional<absl::CivilDay>& day, const Authority* authority,
                       time::TimePoint now) {
  FieldChecks checks;
  const absl::TimeZone zone = authority == nullptr ? absl::UTCTimeZone() : authority->time_zone;
  if (!day || day->year() < kFirstYear) {
    checks.Add("violation_date", "invalid", "must be a date like 2026-11-02");
  } else if (*day > DayIn(zone, now)) {
    checks.Add("violation_date", "in_future", "must not be in the future");
  }
  return checks.ToStatus();
}

}  // namespace

absl::StatusOr<ValidateCitationResponse> CheckCitationNumber(const ValidateCitationRequest& request,
                                                             const Registry& registry,
                                                             time::TimePoint now) {
  ValidateCitationResponse response;
  const std::string number = NormalizeCitation(Trim(request.citation_number()));
  const Authority* authority = nullptr;
  if (const auto fault = FaultOfCitation(number)) {
    response.set_message(absl::StrCat("The citation number ", std::string(fault->message), "."));
  } else {
    response.set_citation_number(number);
    response.set_formatted_citation(DisplayCitation(number));
    authority = FindAuthority(request, registry, response);
  }
  CheckPlate(request.license_plate(), response);
  if (authority != nullptr) response.set_appeal_days(authority->row.appeal_days);
  if (Trim(request.violation_date()).empty()) return response;

  const std::optional<absl::CivilDay> day = ParseIsoDate(Trim(request.violation_date()));
  if (absl::Status status = CheckDate(day, authority, now); !status.ok()) return status;
  if (authority != nullptr) SetDeadline(*authority, *day, now, response);
  return response;
}

ListCitiesResponse CityList(const Registry& registry) {
  ListCitiesResponse response;
  City* city = nullptr;
  for (const Authority& authority : registry.authorities()) {
    const AuthorityRow& row = authority.row;
    if (row.withdrawn) continue;
    if (city == nullptr || city->city_id() != row.city_id) {
      city = response.add_cities();
      city->set_city_id(row.city_id);
      city->set_name(row.city_name);
      city->set_state(row.state);
      city->set_time_zone(row.time_zone);
    }
    city->set_is_served(city->is_served() || authority.served);
    auto& section = *city->add_sections();
    section.set_section_id(row.section_id);
    section.set_agency(std::string(authority.ShortName()));
    section.set_appeal_days(row.appeal_days);
    section.set_verified(row.verified);
    section.set_certified_required(row.certified_required);
    section.set_is_served(authority.served);
  }
  return response;
}

}  // namespace fsft::intake
