#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/intake/registry/entries.h"

namespace fsft::intake {

// One field of a city, or of a section where that is named, that is no longer as it was.
struct Change {
  std::string city_id;
  std::string section_id;
  std::string field;
  // Nothing where the row is new.
  std::optional<std::string> old_value;
  std::string new_value;

  bool operator==(const Change&) const = default;
};

// What a load writes. Only rows that change are in it.
struct LoadPlan {
  // Without their sections.
  std::vector<CityEntry> cities;
  struct Section {
    std::string city_id;
    SectionEntry entry;
  };
  std::vector<Section> sections;
  std::vector<Change> changes;
};

// How to make the stored registry say what the file says. What has left the file stays, because
// orders name it: a city is blocked, a section withdrawn.
LoadPlan PlanLoad(const std::vector<CityEntry>& stored, const std::vector<CityEntry>& wanted);

}  // namespace fsft::intake
