#include "services/intake/text.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_replace.h"
#include "shared/printable/utf8.h"

namespace fsft::intake {

namespace {

using printable::TakeCodePoint;

bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool IsLineLayout(char32_t code) { return code == '\n' || code == '\r' || code == '\t'; }

// Unicode's own line and paragraph separators, which word processors leave behind.
bool IsSeparator(char32_t code) { return code == 0x2028 || code == 0x2029; }

// Embeddings and overrides U+202A..202E, isolates U+2066..2069, and the deprecated format
// characters beside them.
bool ReordersText(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x206F);
}

struct Free {
  void operator()(utf8proc_uint8_t* text) const { free(text); }
};

}  // namespace

std::optional<size_t> CodePoints(std::string_view text) {
  if (printable::IsAscii(text)) return text.size();
  size_t count = 0;
  for (; !text.empty(); ++count) {
    if (!TakeCodePoint(text)) return std::nullopt;
  }
  return count;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool HasForbiddenCharacters(std::string_view text, bool lines) {
  while (!text.empty()) {
    const std::optional<char32_t> code = TakeCodePoint(text);
    if (!code || ReordersText(*code)) return true;
    if (IsControl(*code) && !(lines && IsLineLayout(*code))) return true;
    if (IsSeparator(*code) && !lines) return true;
  }
  return false;
}

bool HasOvergrownCharacter(std::string_view text) {
  // No two of them are one character, but the two that end a line.
  if (printable::IsAscii(text)) return false;
  utf8proc_int32_t state = 0, before = 0;
  for (size_t grown = 0; const std::optional<char32_t> code = TakeCodePoint(text);) {
    const auto now = static_cast<utf8proc_int32_t>(*code);
    grown = utf8proc_grapheme_break_stateful(before, now, &state) ? 1 : grown + 1;
    if (grown > kMostInOneCharacter) return true;
    before = now;
  }
  return false;
}

std::string Composed(std::string_view text) {
  // Nothing is left to compose, nor a line's end to change.
  if (printable::IsAscii(text) && text.find('\r') == std::string_view::npos) {
    return std::string(text);
  }
  utf8proc_uint8_t* composed = nullptr;
  const auto length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &composed,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_NLF2LF));
  const std::unique_ptr<utf8proc_uint8_t, Free> owner(composed);
  if (length < 0) return {};
  const std::string nfc(composed, composed + length);
  return absl::StrReplaceAll(nfc, {{"\u2028", "\n"}, {"\u2029", "\n"}});
}

}  // namespace fsft::intake
