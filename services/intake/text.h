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
// carriage return, tab and separators are allowed where `lines` is true), and the invisible marks that reorder
// text, with which a letter could read differently from what was reviewed.
bool HasForbiddenCharacters(std::string_view text, bool lines);

// A letter with its marks, or an emoji of several people, as a reader counts characters. No language
// needs as many; an overgrown one prints over the lines around it, and into the envelope's window.
inline constexpr size_t kMostInOneCharacter = 10;
bool HasOvergrownCharacter(std::string_view text);

// Unicode's normalisation form C, with every kind of line break as '\n': what is counted, stored and
// printed, so that a name is one name whatever keyboard it was typed on. `text` is valid UTF-8.
std::string Composed(std::string_view text);

}  // namespace fsft::intake
