#include "services/intake/registry/plan.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"

namespace fsft::intake {

namespace {

constexpr char kLeftRegistry[] = "left_registry";
constexpr char kAdded[] = "added";

using Fields = std::vector<std::pair<std::string_view, std::string>>;

std::string YesOrNo(bool flag) { return flag ? "yes" : "no"; }

// On one line, as it would be printed.
std::string AddressText(const SectionEntry& section) {
  if (!section.missing_reason.empty()) return "missing: " + section.missing_reason;
  const auto& a = section.address;
  std::string text = a.name();
  for (const std::string* part : {&a.company(), &a.address_line1(), &a.address_line2()}) {
    if (!part->empty()) text.append(", ").append(*part);
  }
  return text.append(", ").append(a.city()).append(" ").append(a.state()).append(" ").append(
      a.zip());
}

// What is compared, and how the history tells it.
Fields FieldsOf(const CityEntry& city) {
  return {{"name", city.name},
          {"state", city.state},
          {"time_zone", city.time_zone},
          {"blocked_reason", city.blocked_reason}};
}

Fields FieldsOf(const SectionEntry& section) {
  return {{"agency", section.agency},
          {"patterns", absl::StrJoin(section.patterns, " ")},
          {"appeal_days", std::to_string(section.appeal_days)},
          {"address", AddressText(section)},
          {"routes_to", section.routes_to},
          {"certified_required", YesOrNo(section.certified_required)},
          {"power_of_attorney", YesOrNo(section.power_of_attorney)},
          {"blocked_sender_states", absl::StrJoin(section.blocked_sender_states, " ")},
          {"source", section.source},
          {"verified_on", section.verified_on},
          {"withdrawn", YesOrNo(section.withdrawn)}};
}

template <typename Entry>
std::vector<Change> Compare(const std::string& city_id, const std::string& section_id,
                            const Entry* stored, const Entry& wanted) {
  std::vector<Change> changes;
  if (stored == nullptr) {
    changes.push_back({city_id, section_id, kAdded, std::nullopt, "yes"});
    return changes;
  }
  const Fields before = FieldsOf(*stored), after = FieldsOf(wanted);
  for (size_t i = 0; i < after.size(); ++i) {
    if (before[i].second == after[i].second) continue;
    changes.push_back(
        {city_id, section_id, std::string(after[i].first), before[i].second, after[i].second});
  }
  return changes;
}

const CityEntry* Find(const std::vector<CityEntry>& cities, const std::string& id) {
  const auto found = std::find_if(cities.begin(), cities.end(),
                                  [&](const CityEntry& city) { return city.city_id == id; });
  return found == cities.end() ? nullptr : &*found;
}

const SectionEntry* Find(const CityEntry* city, const std::string& id) {
  if (city == nullptr) return nullptr;
  const auto found =
      std::find_if(city->sections.begin(), city->sections.end(),
                   [&](const SectionEntry& section) { return section.section_id == id; });
  return found == city->sections.end() ? nullptr : &*found;
}

void Append(std::vector<Change>& all, const std::vector<Change>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void PlanCity(const CityEntry* stored, const CityEntry& wanted, LoadPlan& plan) {
  const auto changes = Compare(wanted.city_id, "", stored, wanted);
  Append(plan.changes, changes);
  if (changes.empty()) return;
  plan.cities.push_back(wanted);
  plan.cities.back().sections.clear();
}

void PlanSection(const std::string& city_id, const SectionEntry* stored, const SectionEntry& wanted,
                 LoadPlan& plan) {
  const auto changes = Compare(city_id, wanted.section_id, stored, wanted);
  Append(plan.changes, changes);
  if (!changes.empty()) plan.sections.push_back({city_id, wanted});
}

// The sections of a stored city that the file no longer has.
void PlanWithdrawals(const CityEntry& stored, const CityEntry* wanted, LoadPlan& plan) {
  for (const SectionEntry& section : stored.sections) {
    if (Find(wanted, section.section_id) != nullptr) continue;
    SectionEntry gone = section;
    gone.withdrawn = true;
    gone.patterns.clear();
    PlanSection(stored.city_id, &section, gone, plan);
  }
}

}  // namespace

LoadPlan PlanLoad(const std::vector<CityEntry>& stored, const std::vector<CityEntry>& wanted) {
  LoadPlan plan;
  for (const CityEntry& city : wanted) {
    const CityEntry* before = Find(stored, city.city_id);
    PlanCity(before, city, plan);
    for (const SectionEntry& section : city.sections) {
      PlanSection(city.city_id, Find(before, section.section_id), section, plan);
    }
  }
  for (const CityEntry& city : stored) {
    const CityEntry* after = Find(wanted, city.city_id);
    if (after == nullptr) {
      CityEntry gone = city;
      gone.blocked_reason = kLeftRegistry;
      PlanCity(&city, gone, plan);
    }
    PlanWithdrawals(city, after, plan);
  }
  return plan;
}

}  // namespace fsft::intake
