#include "shared/printable/utf8.h"

#include <utf8proc.h>

namespace fsft::printable {

std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  utf8proc_int32_t code_point = 0;
  const utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (length <= 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(length));
  return static_cast<char32_t>(code_point);
}

}  // namespace fsft::printable
