#include "shared/printable/table.h"

#include <algorithm>

namespace fsft::printable {

const Range* Find(char32_t code_point) {
  const std::span<const Range> table = Table();
  const auto next =
      std::upper_bound(table.begin(), table.end(), code_point,
                       [](char32_t wanted, const Range& range) { return wanted < range.first; });
  if (next == table.begin()) return nullptr;
  const Range& range = *(next - 1);
  return code_point <= range.last ? &range : nullptr;
}

}  // namespace fsft::printable
