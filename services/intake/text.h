#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fsft::intake {

// Code points in valid UTF-8; nothing when it is no valid UTF-8 (overlong forms and surrogates
// included).
std::optional<size_t> CodePoints(std::string_view text);

// Without the ASCII white space at both ends.
std::string_view Trim(std::string_view text);

// Whether a text has characters that a printed letter must not have: control characters (line feed,
// carriage return and tab are allowed where `lines` is true), and the invisible marks that reorder
// text, with which a letter could read differently from what was reviewed.
bool HasForbiddenCharacters(std::string_view text, bool lines);

}  // namespace fsft::intake
