#pragma once

#include <string_view>
#include <vector>

#include "services/intake/registry/entries.h"

namespace fsft::intake {

// Reads a registry's file, JSON, against every rule that an entry must keep, and gives the sections
// that route to another one its address. The file can be used only if `problems` stays empty; all
// of them are found at once, in the order of the file.
std::vector<CityEntry> ReadRegistryFile(std::string_view text, Problems& problems);

}  // namespace fsft::intake
