#include "tests/printing/nasty_letters.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "shared/printable/table.h"
#include "shared/printable/utf8.h"
#include "tests/printing/utf8.h"

namespace fsft::test {
namespace {

using fightsftickets::common::v1::APPEAL_TYPE_STANDARD;
using fightsftickets::intake::v1::SubmitAppealRequest;

constexpr size_t kLongestLetter = 5000;

// The widest, the tallest, the deepest, what joins without end, what stands on one another, what
// has no width, and what reads from the right.
constexpr std::array<std::string_view, 22> kParts = {"\ufdfd",
                                                     "\U0001242b",
                                                     "\u2e3b",
                                                     "\U00011310",
                                                     "\u0bcc",
                                                     "W",
                                                     "\u0f40\u0f7c\n",
                                                     "\u1000\u1039\u1000 ",
                                                     "\U0001F697\u200d",
                                                     "\u1100",
                                                     "\u0915\u093e",
                                                     "\u0600",
                                                     "\u1cf2\u0915",
                                                     "\u0e2a\u0e47\u0e47",
                                                     "e\u0301\u0302",
                                                     "a\n",
                                                     "\n",
                                                     "\u200b",
                                                     "\u0645\u0631 ",
                                                     "\u2009a\u200f",
                                                     "( ",
                                                     "-\u00ad"};

size_t Count(std::string_view text) {
  size_t count = 0;
  while (printable::TakeCodePoint(text)) ++count;
  return count;
}

}  // namespace

char32_t NastyTexts::Any() {
  const auto table = printable::Table();
  const printable::Range& range = table[Below(table.size())];
  return static_cast<char32_t>(range.first + Below(range.last - range.first + 1));
}

// Of the same script, more or less; itself when there is nothing printable close by.
char32_t NastyTexts::Near(char32_t code_point) {
  const auto other = static_cast<char32_t>(code_point + Below(64));
  return printable::Find(other) != nullptr ? other : code_point;
}

std::string NastyTexts::SameScript(size_t length, size_t words) {
  std::string text;
  char32_t start = Any();
  for (size_t i = 0; i < length; ++i) {
    if (Below(300) == 0) start = Any();
    text += Below(words) == 0 ? " " : Utf8(Near(start));
  }
  return text;
}

std::string NastyTexts::Repeated(std::string_view part, size_t length) {
  const bool with_spaces = Below(2) == 0;
  const size_t each = Count(part) + (with_spaces ? 1 : 0);
  std::string text;
  for (size_t count = each; count <= length; count += each) {
    text += part;
    if (with_spaces) text += ' ';
  }
  return text;
}

std::string NastyTexts::Line(size_t length) {
  std::string_view part = kParts[Below(kParts.size())];
  if (part.ends_with('\n')) part = part.substr(0, part.size() - 1);
  switch (Below(10)) {
    case 0:
      return SameScript(length, 1 + Below(20));
    case 1:
      return part.empty() ? "x" : Repeated(part, length);
    default:
      return "Jordan Doe";
  }
}

std::string NastyTexts::Letter() {
  const size_t length = 200 + Below(kLongestLetter - 200);
  switch (Below(4)) {
    case 0:
      return SameScript(length, 2 + Below(30));
    case 1: {
      std::string text;
      for (size_t i = 0; i < length; ++i) text += Below(40) == 0 ? "\n" : Utf8(Any());
      return text;
    }
    case 2: {
      // A few parts that were not made for each other.
      std::string part(kParts[Below(kParts.size())]);
      for (size_t more = Below(3); more > 0; --more) part += kParts[Below(kParts.size())];
      return std::string(60, 'x') + Repeated(part, length - 60);
    }
    default:
      return std::string(60, 'x') + Repeated(kParts[Below(kParts.size())], kLongestLetter - 60);
  }
}

SubmitAppealRequest NastyTexts::Request() {
  SubmitAppealRequest request;
  auto& citation = *request.mutable_citation();
  citation.set_number("912345678");
  citation.set_violation_date("2026-11-10");
  citation.set_vehicle_info(Line(200));
  citation.set_license_plate(Line(20));
  auto& sender = *request.mutable_sender();
  sender.set_name(Line(40));
  sender.set_address_line1(Line(64));
  sender.set_address_line2(Line(64));
  sender.set_city(Line(50));
  sender.set_state("CA");
  sender.set_zip("94110-1234");
  if (Below(2) == 0) sender.set_email(std::string(Below(240) + 1, 'W') + "@example.com");
  if (Below(2) == 0) sender.set_phone("+1 (415) 555-0100");
  request.set_letter_text(Letter());
  request.set_appeal_type(APPEAL_TYPE_STANDARD);
  return request;
}

}  // namespace fsft::test
