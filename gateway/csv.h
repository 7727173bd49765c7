// Files for spreadsheets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fsft::gateway {

// One line of RFC 4180, with its line end. A cell that a spreadsheet would take for a formula is
// made text by an apostrophe in front.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace fsft::gateway
