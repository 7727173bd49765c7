#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fsft::intake {

// What is wrong with a number that can be no authority's.
struct CitationFault {
  std::string_view code;
  // To follow "the citation number".
  std::string_view message;
};

// Looks at the form of a normalised number only, before any pattern sees it. 6 to 20 letters and
// digits, not all of them the same.
std::optional<CitationFault> FaultOfCitation(std::string_view normalized);

// For people: "912-345-678". Numbers of fewer than nine characters stay as they are.
std::string DisplayCitation(std::string_view normalized);

}  // namespace fsft::intake
