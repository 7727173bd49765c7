#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "services/fulfillment/letter/handles.h"
#include "services/fulfillment/letter/pagination.h"
#include "shared/printable/page.h"

namespace fsft::fulfillment {

// What becomes of a line that is too long.
enum class LongLine {
  kWraps,
  kIsCut,  // with an ellipsis
};

// Plain text in the letter's face, wrapped to a width in points: '\n' ends a line, nothing is markup,
// and no hyphen is added where a word too long for the line is cut.
LayoutHandle LayOut(PangoContext* context, const std::string& text, const page::TextStyle& style,
                    double width, LongLine long_line = LongLine::kWraps);

// Text laid out so, line by line. All measures are points.
class TextBlock {
 public:
  TextBlock(PangoContext* context, const std::string& text, const page::TextStyle& style,
            double width, LongLine long_line = LongLine::kWraps);

  std::span<const TextLine> lines() const { return lines_; }
  double Height() const;
  // Of the widest line.
  double Width() const;
  // True when some character is in none of the fonts: it would print as a box.
  bool HasUnprintable() const;

  // Draws all lines, or [first, end), with the upper left corner at (x, y).
  void Draw(cairo_t* canvas, double x, double y) const { Draw(canvas, {0, lines_.size()}, x, y); }
  void Draw(cairo_t* canvas, const PageLines& part, double x, double y) const;

 private:
  void MeasureLines(double leading);

  struct Placing {
    PangoLayoutLine* line;  // owned by layout_
    double indent;          // of a line that reads from the right
    double baseline;        // below the line's top
  };
  LayoutHandle layout_;
  std::vector<TextLine> lines_;
  std::vector<Placing> placings_;
};

}  // namespace fsft::fulfillment
