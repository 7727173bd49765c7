#pragma once

#include <string>

namespace fsft::test {

// A character in UTF-8.
std::string Utf8(char32_t code_point);

}  // namespace fsft::test
