#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace fsft::fulfillment {

// One line of the letter's text, after wrapping.
struct TextLine {
  double height = 0;
  bool starts_paragraph = false;
  bool ends_paragraph = false;
  bool blank = false;
};

// The room for text, in the same unit as TextLine::height.
struct PageRoom {
  double first_page = 0;
  double later_pages = 0;
  // What follows the last line and must be on its page: the signature.
  double closing = 0;
};

// The lines [first, end) of one page.
struct PageLines {
  size_t first = 0;
  size_t end = 0;
  bool operator==(const PageLines&) const = default;
};

// Cuts the text into pages. A paragraph of several lines leaves no single line behind at the foot
// of a page and carries none alone to the top of the next; blank lines at the top of a page are
// dropped; the signature is never on a page without text. Where a rule cannot be kept (a page of
// one line), the text still gets through: rules bend, words are not lost. At least one page.
std::vector<PageLines> BreakPages(std::span<const TextLine> lines, const PageRoom& room);

}  // namespace fsft::fulfillment
