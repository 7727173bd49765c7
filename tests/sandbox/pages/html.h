#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fsft::sandbox {

std::string Escape(std::string_view text);

// A whole page around `body` (HTML). No script, no resource from anywhere else.
std::string Page(std::string_view title, std::string_view body);

// "$19.89", or "19.89 EUR".
std::string Money(int64_t cents, std::string_view currency);

}  // namespace fsft::sandbox
