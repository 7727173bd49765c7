#include "services/intake/citation_fields.h"

#include <optional>

#include "services/intake/calendar.h"
#include "services/intake/citation_format.h"
#include "services/intake/text.h"

namespace fsft::intake {

using fightsftickets::intake::v1::Citation;

namespace {

constexpr int kOldestYears = 5;

std::string Trimmed(const std::string& text) { return std::string(Trim(text)); }

}  // namespace

Citation NormalizedCitation(const Citation& given) {
  Citation citation = given;
  citation.set_number(NormalizeCitation(Trim(given.number())));
  citation.set_city_id(Trimmed(given.city_id()));
  citation.set_section_id(Trimmed(given.section_id()));
  citation.set_violation_date(Trimmed(given.violation_date()));
  citation.set_license_plate(Trimmed(given.license_plate()));
  citation.set_vehicle_info(Trimmed(given.vehicle_info()));
  return citation;
}

const Authority* CheckCitation(std::string typed, Citation& citation, const Registry& registry,
                               FieldChecks& checks) {
  checks.Text("vehicle_info", *citation.mutable_vehicle_info(), 0, 200);
  checks.Text("license_plate", *citation.mutable_license_plate(), 0, 20);
  if (!checks.Text("citation_number", typed, 6, 20)) return nullptr;
  if (const auto fault = FaultOfCitation(citation.number())) {
    checks.Add("citation_number", fault->code, fault->message);
    return nullptr;
  }
  const auto matches = registry.Match(citation.number(), citation.city_id(), citation.section_id());
  if (matches.empty()) {
    checks.Add("citation_number", "unrecognized",
               "is not a citation number that we know how to appeal");
    return nullptr;
  }
  if (matches.size() > 1) {
    checks.Add("city_id", "ambiguous",
               "must be given, because the number fits more than one authority");
    return nullptr;
  }
  return matches.front();
}

void CheckViolationDate(const std::string& date, const Authority* authority, time::TimePoint now,
                        FieldChecks& checks) {
  constexpr std::string_view kField = "violation_date";
  if (date.empty()) {
    checks.Add(kField, "required", "must not be empty");
    return;
  }
  const std::optional<absl::CivilDay> day = ParseIsoDate(date);
  if (!day) {
    checks.Add(kField, "invalid", "must be a date like 2026-11-02");
    return;
  }
  if (authority == nullptr) return;
  const absl::CivilDay today = DayIn(authority->time_zone, now);
  if (*day > today) checks.Add(kField, "in_future", "must not be in the future");
  if (*day < absl::CivilDay(today.year() - kOldestYears, today.month(), today.day())) {
    checks.Add(kField, "too_old", "must not be more than five years ago");
  }
}

}  // namespace fsft::intake
