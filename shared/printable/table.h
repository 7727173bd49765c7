#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fsft::printable {

// How many make the size of the type: heights are finer, because a letter has many lines.
inline constexpr int kWidthParts = 8;
inline constexpr int kHeightParts = 32;

// Consecutive code points that the packaged fonts print in the same room. `width`, in width parts,
// is that of one character; `ascent` and `descent`, in height parts, reach from the baseline. All
// are rounded up.
struct Range {
  char32_t first = 0;
  char32_t last = 0;
  uint8_t width = 0;
  uint8_t ascent = 0;
  uint8_t descent = 0;
  bool leaves_ink = false;
};

// All that can be printed, ascending. The build writes it with the fonts that it finds: see
// services/fulfillment/letter/measure_fonts.cc.
std::span<const Range> Table();

// The fingerprint of the fonts that were measured; see services/fulfillment/letter/fonts.h.
std::string_view MeasuredFonts();

// Null for a code point that no font has.
const Range* Find(char32_t code_point);

}  // namespace fsft::printable
