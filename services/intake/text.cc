#include "services/intake/text.h"

#include <cstdint>

namespace fsft::intake {

namespace {

// The code point at the start of `text`, which loses it; nothing when it is malformed. RFC 3629.
std::optional<uint32_t> TakeCodePoint(std::string_view& text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const size_t length = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  uint32_t code = length == 1 ? first : first & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return std::nullopt;
  text.remove_prefix(length);
  return code;
}

bool IsControl(uint32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool IsLineLayout(uint32_t code) { return code == '\n' || code == '\r' || code == '\t'; }

// Embeddings and overrides U+202A..202E, isolates U+2066..2069, and the deprecated format
// characters beside them.
bool ReordersText(uint32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x206F);
}

}  // namespace

std::optional<size_t> CodePoints(std::string_view text) {
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
    const std::optional<uint32_t> code = TakeCodePoint(text);
    if (!code || ReordersText(*code)) return true;
    if (IsControl(*code) && !(lines && IsLineLayout(*code))) return true;
  }
  return false;
}

}  // namespace fsft::intake
