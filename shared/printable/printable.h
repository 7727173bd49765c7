#pragma once

#include <optional>
#include <string_view>

#include "shared/printable/page.h"

// What the typesetter of the letters will say, for programs that have no fonts: what it could not
// print is refused before it is paid for. Texts are UTF-8; '\n' ends a line.
namespace fsft::printable {

// True when every character is in some packaged font, and the text is valid UTF-8.
bool CanBePrinted(std::string_view text);

// The first character that no packaged font has. `text` is valid UTF-8.
std::optional<char32_t> FirstUnprintable(std::string_view text);

// True when something of the text could be seen on paper.
bool LeavesInk(std::string_view text);

// The most height, in points, that the text takes when it is wrapped to a width. Never less than
// what the typesetter measures, but up to three times as much: it knows no words, only that two
// lines in a row are together longer than one. `text` can be printed.
double HeightBound(std::string_view text, const page::TextStyle& style, double width);

// The height of the tallest line that the text has, in the same sense.
double TallestLine(std::string_view text, const page::TextStyle& style);

}  // namespace fsft::printable
