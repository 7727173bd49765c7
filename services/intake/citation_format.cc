#include "services/intake/citation_format.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace fsft::intake {

namespace {

constexpr size_t kShortest = 6;
constexpr size_t kLongest = 20;
constexpr size_t kShortestGrouped = 9;

}  // namespace

std::optional<CitationFault> FaultOfCitation(std::string_view number) {
  if (number.empty()) return CitationFault{"required", "must not be empty"};
  const bool plain = std::all_of(number.begin(), number.end(),
                                 [](unsigned char c) { return absl::ascii_isalnum(c); });
  if (!plain) return CitationFault{"invalid", "must have letters and digits only"};
  if (number.size() < kShortest) {
    return CitationFault{"too_short", "must have at least 6 characters"};
  }
  if (number.size() > kLongest) {
    return CitationFault{"too_long", "must have at most 20 characters"};
  }
  if (number.find_first_not_of(number.front()) == std::string_view::npos) {
    return CitationFault{"invalid", "must not be one character repeated"};
  }
  return std::nullopt;
}

std::string DisplayCitation(std::string_view number) {
  if (number.size() < kShortestGrouped) return std::string(number);
  std::string text(number.substr(0, 3));
  return text.append("-").append(number.substr(3, 3)).append("-").append(number.substr(6));
}

}  // namespace fsft::intake
