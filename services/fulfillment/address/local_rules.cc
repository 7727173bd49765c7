#include "services/fulfillment/address/local_rules.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "services/fulfillment/address/address_words.h"
#include "services/fulfillment/address/zip_states.h"

namespace fsft::fulfillment {
namespace {

struct Part {
  std::string_view field;
  std::string Address::*value;
  bool required;
  // What the printer takes, in characters.
  size_t most = 64;
};
constexpr Part kParts[] = {
    {"line1", &Address::line1, true},   {"line2", &Address::line2, false},
    {"city", &Address::city, true, 50}, {"state", &Address::state, true},
    {"zip", &Address::zip, true},
};

std::string Trimmed(const std::string& text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

// Of valid UTF-8: bytes that continue a character are not counted.
size_t Characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool AnyHasDigit(Words::const_iterator first, Words::const_iterator last) {
  return std::any_of(first, last, [](const std::string& word) {
    return std::ranges::any_of(word, [](char c) { return absl::ascii_isdigit(c); });
  });
}

// What stands behind "PO BOX"; the end where the line names none.
Words::const_iterator BehindPoBox(const Words& words) {
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (IsOneOf(*word, {"POBOX", "POB"})) return word;
    const auto next = std::next(word);
    if (next != words.end() && *next == "BOX" && IsOneOf(*word, {"PO", "O", "OFFICE"})) return next;
  }
  return words.end();
}

bool NamesPoBox(const Words& words) { return BehindPoBox(words) != words.end(); }

// "One Market Plaza" has a number. Mail to ships and bases needs none, nor does that which is kept at
// a post office.
bool NeedsNoDigit(const Words& words, std::string_view state) {
  return IsOneOf(words.front(), {"ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT",
                                 "NINE", "TEN", "GENERAL"}) ||
         IsOneOf(state, {"AA", "AE", "AP"});
}

bool EndsInUnitWithoutNumber(const Words& words) {
  return !words.empty() &&
         IsOneOf(words.back(), {"#", "APT", "APARTMENT", "STE", "SUITE", "UNIT", "RM", "ROOM"});
}

using Findings = std::vector<Advice>;

void LookForNumber(const Words& line1, const Words& line2, std::string_view state,
                   Findings& findings) {
  if (const auto box = BehindPoBox(line1); box != line1.end()) {
    if (!AnyHasDigit(box, line1.end()))
      findings.push_back({"line1", "no_box_number", "has no number of the PO box"});
  } else if (NamesPoBox(line2)) {
    // Carriers read from below: what stands above the city is where it goes.
    findings.push_back({"line2", "two_addresses",
                        "names a PO box below a street; an answer will go to the PO box"});
  } else if (!line1.empty() && !AnyHasDigit(line1.begin(), line1.end()) &&
             !NeedsNoDigit(line1, state)) {
    findings.push_back({"line1", "no_house_number", "has no house number"});
  }
}

// The number may be all that is in the second line.
void LookForUnit(const Words& line1, const Words& line2, Findings& findings) {
  constexpr std::string_view kMessage = "names an apartment or a suite without its number";
  if (EndsInUnitWithoutNumber(line2)) {
    findings.push_back({"line2", "no_unit_number", kMessage});
  } else if (EndsInUnitWithoutNumber(line1) && line2.empty()) {
    findings.push_back({"line1", "no_unit_number", kMessage});
  }
}

void LookAtState(const Address& address, Findings& findings) {
  const bool known = HasZips(address.state);
  if (!known && !address.state.empty())
    findings.push_back({"state", "invalid", "must be the two letters of a US state or territory"});
  if (address.zip.empty()) return;
  if (!IsZip(address.zip)) {
    findings.push_back({"zip", "invalid", "must be like 12345 or 12345-6789"});
  } else if (const ZipFit fit = FitOf(address.zip, address.state); fit == ZipFit::kNoState) {
    findings.push_back({"zip", "unknown_zip", "begins as no ZIP code does that we know of"});
  } else if (known && fit == ZipFit::kOtherState) {
    findings.push_back({"zip", "zip_of_other_state", "belongs to another state"});
  }
}

}  // namespace

Address Tidied(const Address& address) {
  return {.line1 = Trimmed(address.line1),
          .line2 = Trimmed(address.line2),
          .city = Trimmed(address.city),
          .state = absl::AsciiStrToUpper(Trimmed(address.state)),
          .zip = Trimmed(address.zip)};
}

std::vector<Advice> LocalAdvice(const Address& address) {
  Findings findings;
  for (const Part& part : kParts) {
    const std::string& value = address.*part.value;
    if (part.required && value.empty())
      findings.push_back({part.field, "required", "must not be empty"});
    if (Characters(value) > part.most)
      findings.push_back({part.field, "too_long", "is longer than can be printed"});
  }
  const Words line1 = WordsOf(address.line1);
  const Words line2 = WordsOf(address.line2);
  LookForNumber(line1, line2, address.state, findings);
  LookForUnit(line1, line2, findings);
  LookAtState(address, findings);
  return findings;
}

bool IsWhole(const Address& address) {
  return HasZips(address.state) && IsZip(address.zip) &&
         std::ranges::all_of(kParts, [&](const Part& part) {
           const std::string& value = address.*part.value;
           return !(part.required && value.empty()) && Characters(value) <= part.most;
         });
}

}  // namespace fsft::fulfillment
