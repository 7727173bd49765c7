// Header values that are lists.
#pragma once

#include <string_view>

namespace fsft::gateway::http {

// Without the spaces and tabs around it.
std::string_view Trim(std::string_view text);

// What is before the separator, trimmed; `rest` keeps what is behind it. All, when there is none.
std::string_view TakeElement(std::string_view& rest, char separator);

}  // namespace fsft::gateway::http
