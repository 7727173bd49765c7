#include "tests/printing/utf8.h"

#include <utf8proc.h>

#include <array>

namespace fsft::test {

std::string Utf8(char32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes;
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  return {bytes.begin(), bytes.begin() + length};
}

}  // namespace fsft::test
