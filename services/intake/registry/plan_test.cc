#include "services/intake/registry/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::intake {

void PrintTo(const Change& change, std::ostream* out) {
  *out << change.city_id << "/" << change.section_id << " " << change.field << " "
       << change.old_value.value_or("(new)") << " -> " << change.new_value;
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<CityEntry> Stored() {
  CityEntry city{.city_id = "us-ca-oakland",
                 .name = "Oakland",
                 .state = "CA",
                 .time_zone = "America/Los_Angeles"};
  SectionEntry section{.section_id = "parking",
                       .agency = "Oakland Parking",
                       .patterns = {"^\\d{8}$"},
                       .appeal_days = 21,
                       .source = "test"};
  section.address.set_name("City of Oakland");
  section.address.set_address_line1("1 Plaza");
  section.address.set_city("Oakland");
  section.address.set_state("CA");
  section.address.set_zip("94612");
  city.sections.push_back(section);
  return {city};
}

Change Of(const char* section, const char* field, const char* before, const char* after) {
  return {"us-ca-oakland", section, field, before, after};
}

TEST(LoadPlan, ChangesNothingForTheSameRegistry) {
  const LoadPlan plan = PlanLoad(Stored(), Stored());
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_THAT(plan.cities, IsEmpty());
  EXPECT_THAT(plan.sections, IsEmpty());
}

TEST(LoadPlan, AddsWhatIsNew) {
  const LoadPlan plan = PlanLoad({}, Stored());
  EXPECT_THAT(plan.changes,
              ElementsAre(Change{"us-ca-oakland", "", "added", std::nullopt, "yes"},
                          Change{"us-ca-oakland", "parking", "added", std::nullopt, "yes"}));
  EXPECT_EQ(plan.cities.size(), 1u);
  EXPECT_EQ(plan.sections.size(), 1u);
}

struct FieldChange {
  std::function<void(CityEntry&)> make;
  Change change;
};

TEST(LoadPlan, TellsEachFieldThatChanges) {
  using City = CityEntry;
  const auto section = [](City& city) -> SectionEntry& { return city.sections[0]; };
  const FieldChange cases[] = {
      {[](City& c) { c.name = "O"; }, Of("", "name", "Oakland", "O")},
      {[](City& c) { c.state = "NV"; }, Of("", "state", "CA", "NV")},
      {[](City& c) { c.time_zone = "America/Denver"; },
       Of("", "time_zone", "America/Los_Angeles", "America/Denver")},
      {[](City& c) { c.blocked_reason = "power_of_attorney"; },
       Of("", "blocked_reason", "", "power_of_attorney")},
      {[&](City& c) { section(c).agency = "OP"; },
       Of("parking", "agency", "Oakland Parking", "OP")},
      {[&](City& c) { section(c).patterns.emplace_back("^X$"); },
       Of("parking", "patterns", "^\\d{8}$", "^\\d{8}$ ^X$")},
      {[&](City& c) { section(c).appeal_days = 20; }, Of("parking", "appeal_days", "21", "20")},
      {[&](City& c) { section(c).address.set_address_line2("Floor 2"); },
       Of("parking", "address", "City of Oakland, 1 Plaza, Oakland CA 94612",
          "City of Oakland, 1 Plaza, Floor 2, Oakland CA 94612")},
      {[&](City& c) { section(c).missing_reason = "moved"; },
       Of("parking", "address", "City of Oakland, 1 Plaza, Oakland CA 94612", "missing: moved")},
      {[&](City& c) { section(c).routes_to = "police"; }, Of("parking", "routes_to", "", "police")},
      {[&](City& c) { section(c).certified_required = true; },
       Of("parking", "certified_required", "no", "yes")},
      {[&](City& c) { section(c).power_of_attorney = true; },
       Of("parking", "power_of_attorney", "no", "yes")},
      {[&](City& c) {
         section(c).blocked_sender_states = {"NV", "OR"};
       },
       Of("parking", "blocked_sender_states", "", "NV OR")},
      {[&](City& c) { section(c).source = "a call"; }, Of("parking", "source", "test", "a call")},
      {[&](City& c) { section(c).verified_on = "2026-11-02"; },
       Of("parking", "verified_on", "", "2026-11-02")},
  };
  for (const FieldChange& one : cases) {
    std::vector<CityEntry> wanted = Stored();
    one.make(wanted[0]);
    const LoadPlan plan = PlanLoad(Stored(), wanted);
    EXPECT_THAT(plan.changes, ElementsAre(one.change));
    EXPECT_EQ(plan.cities.size(), one.change.section_id.empty() ? 1u : 0u) << one.change.field;
    EXPECT_EQ(plan.sections.size(), one.change.section_id.empty() ? 0u : 1u) << one.change.field;
  }
}

TEST(LoadPlan, WithdrawsASectionThatLeftTheFileAndKeepsItsAddress) {
  std::vector<CityEntry> stored = Stored();
  stored[0].sections.push_back(stored[0].sections[0]);
  stored[0].sections[1].section_id = "police";
  const LoadPlan plan = PlanLoad(stored, Stored());
  EXPECT_THAT(plan.changes, ElementsAre(Of("police", "patterns", "^\\d{8}$", ""),
                                        Of("police", "withdrawn", "no", "yes")));
  ASSERT_EQ(plan.sections.size(), 1u);
  EXPECT_EQ(plan.sections[0].entry.address.name(), "City of Oakland");
}

TEST(LoadPlan, BlocksACityThatLeftTheFileAndWithdrawsItsSectionsOnce) {
  const LoadPlan plan = PlanLoad(Stored(), {});
  EXPECT_THAT(plan.changes, ElementsAre(Of("", "blocked_reason", "", "left_registry"),
                                        Of("parking", "patterns", "^\\d{8}$", ""),
                                        Of("parking", "withdrawn", "no", "yes")));
  std::vector<CityEntry> gone = plan.cities;
  gone[0].sections.push_back(plan.sections[0].entry);
  EXPECT_THAT(PlanLoad(gone, {}).changes, IsEmpty());
}

}  // namespace
}  // namespace fsft::intake
