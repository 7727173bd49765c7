#pragma once

#include <optional>
#include <string_view>

namespace fsft::printable {

// The code point at the start of `text`, which loses it; nothing when there is none in valid UTF-8
// (RFC 3629: overlong forms and surrogates are invalid).
std::optional<char32_t> TakeCodePoint(std::string_view& text);

// Most texts are: for what can be told of them without looking at each character.
bool IsAscii(std::string_view text);

}  // namespace fsft::printable
