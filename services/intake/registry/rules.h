#pragma once

#include <string>
#include <vector>

#include "services/intake/registry/entries.h"

namespace fsft::intake {

// What a row with this id is called among problems.
std::string RowName(const std::string& id);

// Notes every rule that an entry breaks. A row that has a problem already is left alone: what its
// file does not say right would only be reported twice.
void CheckCities(const std::vector<CityEntry>& cities, Problems& problems);

// Gives each section that routes to another one of its city that one's address. Notes a target that
// is not there or has no address of its own: a letter is forwarded once, or not at all.
void ResolveRoutes(std::vector<CityEntry>& cities, Problems& problems);

}  // namespace fsft::intake
