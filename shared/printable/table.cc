#include "shared/printable/table.h"

#include <algorithm>
#include <array>

namespace fsft::printable {

namespace {

// Latin letters and what stands between them: looked up for every character of most letters.
constexpr size_t kUsual = 0x250;

const Range* Search(char32_t code_point) {
  const std::span<const Range> table = Table();
  const auto next =
      std::upper_bound(table.begin(), table.end(), code_point,
                       [](char32_t wanted, const Range& range) { return wanted < range.first; });
  if (next == table.begin()) return nullptr;
  const Range& range = *(next - 1);
  return code_point <= range.last ? &range : nullptr;
}

std::array<const Range*, kUsual> FindUsual() {
  std::array<const Range*, kUsual> found;
  for (size_t code_point = 0; code_point < kUsual; ++code_point) {
    found[code_point] = Search(static_cast<char32_t>(code_point));
  }
  return found;
}

}  // namespace

const Range* Find(char32_t code_point) {
  static const std::array<const Range*, kUsual> usual = FindUsual();
  return code_point < kUsual ? usual[code_point] : Search(code_point);
}

}  // namespace fsft::printable
