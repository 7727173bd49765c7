#include "shared/printable/utf8.h"

#include <utf8proc.h>

#include <algorithm>

namespace fsft::printable {

namespace {

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

}  // namespace

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsAscii(c); });
}

std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  if (!text.empty() && IsAscii(text.front())) {
    const char32_t ascii = text.front();
    text.remove_prefix(1);
    return ascii;
  }
  utf8proc_int32_t code_point = 0;
  const utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (length <= 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(length));
  return static_cast<char32_t>(code_point);
}

}  // namespace fsft::printable
