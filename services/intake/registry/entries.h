#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fightsftickets/intake/v1/submission.pb.h"

namespace fsft::intake {

// What the registry says of one authority of a city, in its file and in the database.
struct SectionEntry {
  std::string section_id = {};
  // The name that people know.
  std::string agency = {};
  std::vector<std::string> patterns = {};
  // In the file only: numbers that are this section's and no other's of the city.
  std::vector<std::string> examples = {};
  int appeal_days = 0;
  // Empty where missing_reason says why; the target's where routes_to names one.
  fightsftickets::intake::v1::Agency address = {};
  std::string routes_to = {};
  std::string missing_reason = {};
  bool certified_required = false;
  bool power_of_attorney = false;
  std::vector<std::string> blocked_sender_states = {};
  std::string source = {};
  // ISO 8601; empty: nobody has confirmed it.
  std::string verified_on = {};
  // No longer in the file.
  bool withdrawn = false;
};

struct CityEntry {
  std::string city_id = {};
  std::string name = {};
  std::string state = {};
  std::string time_zone = {};
  // A code; empty: the city is served.
  std::string blocked_reason = {};
  std::vector<SectionEntry> sections = {};
};

// What is wrong, and with which row: "us-ca-oakland", "us-ca-oakland/parking" or "file".
struct Problem {
  std::string row;
  std::string reason;

  bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

}  // namespace fsft::intake
