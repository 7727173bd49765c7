#include "services/intake/field_checks.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/intake/text.h"
#include "shared/printable/printable.h"

namespace fsft::intake {

namespace {

constexpr std::array<std::string_view, 59> kStates = {
    "AA", "AE", "AK", "AL", "AP", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA",
    "GU", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO",
    "MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA",
    "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY"};
static_assert(std::is_sorted(kStates.begin(), kStates.end()));

constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n";
constexpr size_t kLongestEmail = 254;
// What NFC composes into one code point has at most four, of three bytes each.
constexpr size_t kMostBytesPerCharacter = 12;

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

bool IsZip(std::string_view text) {
  if (text.size() == 5) return AllDigits(text);
  return text.size() == 10 && text[5] == '-' && AllDigits(text.substr(0, 5)) &&
         AllDigits(text.substr(6));
}

bool LooksLikeEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos)
    return false;
  const std::string_view domain = text.substr(at + 1);
  const size_t dot = domain.find('.');
  if (dot == 0 || dot == std::string_view::npos || domain.back() == '.') return false;
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

bool LooksLikePhone(std::string_view text) {
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
  const bool only = text.find_first_not_of("0123456789+-(). ") == std::string_view::npos;
  return only && digits >= 7 && digits <= 15 && text.size() <= 20;
}

}  // namespace

bool FieldChecks::Add(std::string_view field, std::string_view code, std::string_view message) {
  if (code == "required" && missing_ == Missing::kMayComeLater) return false;
  violations_.push_back(rpc::Violation(field, code, message));
  return false;
}

bool FieldChecks::Text(std::string_view field, std::string& value, size_t least, size_t most,
                       bool lines) {
  const std::string_view typed = Trim(value);
  // Only length is looked at of what is far too long, so that a megabyte costs nothing more.
  if (typed.size() > most * kMostBytesPerCharacter) return AddTooLong(field, most);
  if (!CodePoints(typed)) return Add(field, "invalid_characters", "must be valid UTF-8");
  if (HasForbiddenCharacters(typed, lines)) {
    return Add(field, "invalid_characters", "has characters that cannot be printed");
  }
  if (HasOvergrownCharacter(typed)) {
    return Add(field, "too_many_marks", "has a character with too many marks on it");
  }
  value = Composed(typed);
  return Length(field, value, least, most) && Printable(field, value, least);
}

bool FieldChecks::Length(std::string_view field, std::string_view text, size_t least, size_t most) {
  const size_t length = CodePoints(text).value_or(0);
  if (length == 0) return least == 0 || Add(field, "required", "must not be empty");
  if (length < least) {
    return Add(field, "too_short", absl::StrCat("must have at least ", least, " characters"));
  }
  return length <= most || AddTooLong(field, most);
}

bool FieldChecks::Printable(std::string_view field, std::string_view text, size_t least) {
  if (const std::optional<char32_t> code = printable::FirstUnprintable(text)) {
    return Add(field, "unprintable_character",
               absl::StrFormat("has the character U+%04X, which cannot be printed", *code));
  }
  return least == 0 || printable::LeavesInk(text) ||
         Add(field, "required", "must have a visible character");
}

bool FieldChecks::AddTooLong(std::string_view field, size_t most) {
  return Add(field, "too_long", absl::StrCat("must have at most ", most, " characters"));
}

bool FieldChecks::State(std::string_view field, std::string_view value) {
  if (value.empty()) return Add(field, "required", "must not be empty");
  return std::binary_search(kStates.begin(), kStates.end(), value) ||
         Add(field, "invalid", "must be the two letters of a US state or territory");
}

bool FieldChecks::Zip(std::string_view field, std::string_view value) {
  if (value.empty()) return Add(field, "required", "must not be empty");
  return IsZip(value) || Add(field, "invalid", "must be like 12345 or 12345-6789");
}

bool FieldChecks::Email(std::string_view field, std::string& value) {
  if (!Text(field, value, 0, kLongestEmail)) return false;
  return value.empty() || LooksLikeEmail(value) ||
         Add(field, "invalid", "must be an email address");
}

bool FieldChecks::Phone(std::string_view field, std::string_view value) {
  return value.empty() || LooksLikePhone(value) || Add(field, "invalid", "must be a phone number");
}

bool FieldChecks::Png(std::string_view field, std::string_view value, size_t most_bytes) {
  if (value.empty()) return true;
  if (value.size() > most_bytes) {
    return Add(field, "too_long", absl::StrCat("must have at most ", most_bytes, " bytes"));
  }
  return value.substr(0, kPngMagic.size()) == kPngMagic ||
         Add(field, "invalid", "must be a PNG image");
}

absl::Status FieldChecks::ToStatus() const {
  if (violations_.empty()) return absl::OkStatus();
  return rpc::InvalidFields(violations_);
}

}  // namespace fsft::intake
