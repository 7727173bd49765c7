#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fsft::fulfillment {

using Words = std::vector<std::string>;

// A line as the postal service reads it: in upper case, without dots and commas, and with "#5" in
// two words. "P.O. Box 12" is PO, BOX, 12.
Words WordsOf(std::string_view line);

// Whether the postal service's words say what was typed: the same words, or their abbreviations
// ("ST" for "Street").
bool SaysTheSame(const Words& standard, const Words& typed);

}  // namespace fsft::fulfillment
