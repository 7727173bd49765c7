#include "services/fulfillment/address/address_words.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace fsft::fulfillment {
namespace {

// Its letters are some of the word's, in their order and from the first on: BLVD, BOULEVARD. Numbers
// are not abbreviated.
bool Abbreviates(std::string_view standard, std::string_view typed) {
  if (standard == typed) return true;
  if (std::ranges::any_of(standard, [](char c) { return absl::ascii_isdigit(c); })) return false;
  if (standard.front() != typed.front()) return false;
  for (const char c : typed) {
    if (!standard.empty() && standard.front() == c) standard.remove_prefix(1);
  }
  return standard.empty();
}

}  // namespace

Words WordsOf(std::string_view line) {
  std::string text;
  for (const char c : line) {
    if (c == '.') continue;
    text += c == ',' ? ' ' : absl::ascii_toupper(c);
    if (c == '#') text += ' ';
  }
  return absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
}

bool SaysTheSame(const Words& standard, const Words& typed) {
  return std::ranges::equal(standard, typed, Abbreviates);
}

}  // namespace fsft::fulfillment
