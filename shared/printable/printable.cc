#include "shared/printable/printable.h"

#include <algorithm>
#include <cmath>

#include "shared/printable/table.h"
#include "shared/printable/utf8.h"

namespace fsft::printable {
namespace {

// What the characters of one line, not yet wrapped, need together; in the parts of Range.
struct Need {
  double width = 0;
  int ascent = 0;
  int descent = 0;

  double LineHeight(const page::TextStyle& style) const {
    // Fonts stand on one baseline, so the tallest and the deepest may be of two.
    return std::max(style.leading, (ascent + descent) * style.size / kHeightParts);
  }
  double Height(const page::TextStyle& style, double measure) const {
    const double lines = 1 + std::floor(2 * width * style.size / kWidthParts / measure);
    return lines * LineHeight(style);
  }
};

// The line at the start of `text`, which loses it.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

Need NeedOf(std::string_view line) {
  Need need;
  while (const std::optional<char32_t> code_point = TakeCodePoint(line)) {
    const Range* range = Find(*code_point);
    if (range == nullptr) continue;
    need.width += range->width;
    need.ascent = std::max<int>(need.ascent, range->ascent);
    need.descent = std::max<int>(need.descent, range->descent);
  }
  return need;
}

}  // namespace

bool CanBePrinted(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> code_point = TakeCodePoint(text);
    if (!code_point || (*code_point != '\n' && Find(*code_point) == nullptr)) return false;
  }
  return true;
}

std::optional<char32_t> FirstUnprintable(std::string_view text) {
  while (const std::optional<char32_t> code_point = TakeCodePoint(text)) {
    if (*code_point != '\n' && Find(*code_point) == nullptr) return code_point;
  }
  return std::nullopt;
}

bool LeavesInk(std::string_view text) {
  while (const std::optional<char32_t> code_point = TakeCodePoint(text)) {
    const Range* range = Find(*code_point);
    if (range != nullptr && range->leaves_ink) return true;
  }
  return false;
}

double HeightBound(std::string_view text, const page::TextStyle& style, double width) {
  double height = 0;
  do {
    height += NeedOf(TakeLine(text)).Height(style, width);
  } while (!text.empty());
  return height;
}

double TallestLine(std::string_view text, const page::TextStyle& style) {
  double tallest = style.leading;
  while (!text.empty()) {
    tallest = std::max(tallest, NeedOf(TakeLine(text)).LineHeight(style));
  }
  return tallest;
}

}  // namespace fsft::printable
