// Writes which code points the letter's typesetter can print, and how much room they take, as C++
// source to the file that is its argument: shared/printable/table.h describes the table. Run by the
// build, so that programs without any font know what the typesetter will say.

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "services/fulfillment/letter/fonts.h"
#include "services/fulfillment/letter/text_block.h"
#include "shared/printable/table.h"

namespace fsft::fulfillment {
namespace {

using printable::Range;

constexpr char32_t kEndOfUnicode = 0x110000;
// Each on a line of its own; one by one takes four times as long.
constexpr size_t kMeasuredTogether = 128;
constexpr page::TextStyle kStyle{.size = 100, .leading = 0};
constexpr double kWithoutWrapping = 100 * kStyle.size;

// From here on, the scripts whose letters take another form beside other letters: half the size of
// the type is more than any of them grows.
constexpr char32_t kFirstJoined = 0x590;
constexpr double kGrowthOfJoined = 0.5;

// Characters with a meaning of their own: no controls but the tab, no line separators, which are
// layout, and nothing that is unassigned or private, for which a font shows what it likes.
bool IsCharacter(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    case UTF8PROC_CATEGORY_CC:
      return code_point == '\t';
    default:
      return true;
  }
}

std::string Utf8(char32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes;
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  return {bytes.begin(), bytes.begin() + length};
}

bool HasUnknownGlyph(const PangoLayoutLine* line) {
  for (const GSList* at = line->runs; at != nullptr; at = at->next) {
    const PangoGlyphString* glyphs = static_cast<const PangoGlyphItem*>(at->data)->glyphs;
    for (int i = 0; i < glyphs->num_glyphs; ++i) {
      if (glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG) return true;
    }
  }
  return false;
}

uint8_t RoundedUp(double points, int parts) {
  const double count = std::ceil(parts * points / kStyle.size - 1e-6);
  return static_cast<uint8_t>(std::clamp(count, 0.0, 255.0));
}

Range Measure(char32_t code_point, PangoLayoutLine* line) {
  PangoRectangle ink, logical;
  pango_layout_line_get_extents(line, &ink, &logical);
  const auto points = [](int units) { return pango_units_to_double(units); };
  const double growth = code_point < kFirstJoined ? 0 : kGrowthOfJoined * kStyle.size;
  return {.first = code_point,
          .last = code_point,
          .width = RoundedUp(points(logical.width) + growth, printable::kWidthParts),
          .ascent = RoundedUp(points(-logical.y), printable::kHeightParts),
          .descent = RoundedUp(points(logical.y + logical.height), printable::kHeightParts),
          .leaves_ink = ink.width > 0 && ink.height > 0};
}

bool SameRoom(const Range& a, const Range& b) {
  return a.width == b.width && a.ascent == b.ascent && a.descent == b.descent &&
         a.leaves_ink == b.leaves_ink;
}

void Append(const Range& next, std::vector<Range>& table) {
  if (!table.empty() && table.back().last + 1 == next.first && SameRoom(table.back(), next)) {
    table.back().last = next.last;
  } else {
    table.push_back(next);
  }
}

void MeasureTogether(PangoContext* context, std::span<const char32_t> code_points,
                     std::vector<Range>& table) {
  std::string text;
  for (char32_t code_point : code_points) text += Utf8(code_point) + '\n';
  const LayoutHandle layout = LayOut(context, text, kStyle, kWithoutWrapping);
  for (size_t i = 0; i < code_points.size(); ++i) {
    PangoLayoutLine* line = pango_layout_get_line_readonly(layout.get(), static_cast<int>(i));
    if (!HasUnknownGlyph(line)) Append(Measure(code_points[i], line), table);
  }
}

std::vector<Range> MeasureAll(PangoContext* context) {
  std::vector<char32_t> code_points;
  for (char32_t code_point = 0; code_point < kEndOfUnicode; ++code_point) {
    if (IsCharacter(code_point)) code_points.push_back(code_point);
  }
  std::vector<Range> table;
  for (std::span<const char32_t> rest = code_points; !rest.empty();) {
    const size_t count = std::min(rest.size(), kMeasuredTogether);
    MeasureTogether(context, rest.first(count), table);
    rest = rest.subspan(count);
  }
  return table;
}

void Write(const std::vector<Range>& table, const std::string& fingerprint, std::ostream& out) {
  out << "// Written by the build: see services/fulfillment/letter/measure_fonts.cc.\n"
         "#include \"shared/printable/table.h\"\n\n"
         "namespace fsft::printable {\nnamespace {\n\n"
         "constexpr Range kTable[] = {\n";
  for (const Range& range : table) {
    out << "    {" << static_cast<uint32_t>(range.first) << ", "
        << static_cast<uint32_t>(range.last) << ", " << +range.width << ", " << +range.ascent
        << ", " << +range.descent << ", " << (range.leaves_ink ? "true" : "false") << "},\n";
  }
  out << "};\n\n}  // namespace\n\n"
         "std::span<const Range> Table() { return kTable; }\n\n"
         "std::string_view MeasuredFonts() { return \""
      << fingerprint
      << "\"; }\n\n"
         "}  // namespace fsft::printable\n";
}

}  // namespace
}  // namespace fsft::fulfillment

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: measure_fonts OUTPUT\n";
    return 2;
  }
  const auto fonts = fsft::fulfillment::Fonts::Load();
  if (!fonts.ok()) {
    std::cerr << fonts.status().message() << '\n';
    return 1;
  }
  const auto context = fonts->NewContext();
  std::ofstream out(argv[1]);
  fsft::fulfillment::Write(fsft::fulfillment::MeasureAll(context.get()), fonts->Fingerprint(), out);
  return out.flush() ? 0 : 1;
}
