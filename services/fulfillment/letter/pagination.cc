#include "services/fulfillment/letter/pagination.h"

namespace fsft::fulfillment {
namespace {

// Lines that go with the signature when it needs a page of its own.
constexpr size_t kLinesWithClosing = 2;

bool MayBreakBefore(std::span<const TextLine> lines, size_t at) {
  const TextLine& above = lines[at - 1];
  const TextLine& below = lines[at];
  const bool orphan = above.starts_paragraph && !above.ends_paragraph;
  const bool widow = below.ends_paragraph && !below.starts_paragraph;
  return !orphan && !widow;
}

// The end of the page that starts at `first`, moved back from `end` to a break that the rules
// allow.
size_t AllowedBreak(std::span<const TextLine> lines, size_t first, size_t end) {
  for (size_t at = end; at > first; --at) {
    if (MayBreakBefore(lines, at)) return at;
  }
  return end;
}

}  // namespace

std::vector<PageLines> BreakPages(std::span<const TextLine> lines, const PageRoom& room) {
  std::vector<PageLines> pages;
  size_t first = 0;
  while (true) {
    double free = pages.empty() ? room.first_page : room.later_pages;
    while (!pages.empty() && first < lines.size() && lines[first].blank) ++first;
    size_t end = first;
    while (end < lines.size() && (lines[end].height <= free || end == first)) {
      free -= lines[end++].height;
    }
    if (end == lines.size() && (free >= room.closing || first == end)) {
      pages.push_back({first, end});
      return pages;
    }
    if (end == lines.size() && end - first > kLinesWithClosing) end -= kLinesWithClosing;
    if (end < lines.size()) end = AllowedBreak(lines, first, end);
    pages.push_back({first, end});
    first = end;
  }
}

}  // namespace fsft::fulfillment
