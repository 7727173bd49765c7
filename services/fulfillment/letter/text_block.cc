#include "services/fulfillment/letter/text_block.h"

#include <algorithm>
#include <string_view>

#include "services/fulfillment/letter/fonts.h"
#include "services/fulfillment/letter/glyphs.h"

namespace fsft::fulfillment {
namespace {

// A blank line sets paragraphs apart well enough at this share of a line; at a full one the page
// falls to pieces.
constexpr double kBlankShare = 0.6;

double Points(int pango_units) { return pango_units_to_double(pango_units); }

FontDescriptionHandle Font(const page::TextStyle& style) {
  FontDescriptionHandle font(pango_font_description_new());
  pango_font_description_set_family_static(font.get(), kTextFace);
  pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
  pango_font_description_set_weight(font.get(),
                                    style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  return font;
}

bool IsBlank(const PangoLayout* layout, const PangoLayoutLine* line) {
  const char* text = pango_layout_get_text(const_cast<PangoLayout*>(layout));
  const std::string_view content(text + line->start_index, line->length);
  return content.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

LayoutHandle LayOut(PangoContext* context, const std::string& text, const page::TextStyle& style,
                    double width, LongLine long_line) {
  LayoutHandle handle(pango_layout_new(context));
  PangoLayout* layout = handle.get();
  pango_layout_set_font_description(layout, Font(style).get());
  pango_layout_set_width(layout, pango_units_from_double(width));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  if (long_line == LongLine::kIsCut) {
    constexpr int kOneLineOfEachParagraph = -1;
    pango_layout_set_height(layout, kOneLineOfEachParagraph);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  }
  AttributesHandle attributes(pango_attr_list_new());
  pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
  pango_layout_set_attributes(layout, attributes.get());
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  return handle;
}

TextBlock::TextBlock(PangoContext* context, const std::string& text, const page::TextStyle& style,
                     double width, LongLine long_line)
    : layout_(LayOut(context, text, style, width, long_line)) {
  MeasureLines(style.leading);
}

void TextBlock::MeasureLines(double leading) {
  LayoutIterHandle at(pango_layout_get_iter(layout_.get()));
  do {
    PangoLayoutLine* line = pango_layout_iter_get_line_readonly(at.get());
    PangoRectangle in_layout, from_baseline;
    pango_layout_iter_get_line_extents(at.get(), nullptr, &in_layout);
    pango_layout_line_get_extents(line, nullptr, &from_baseline);
    const bool blank = IsBlank(layout_.get(), line);
    const double natural = Points(from_baseline.height);
    const double height = blank ? kBlankShare * leading : std::max(leading, natural);
    if (line->is_paragraph_start && !lines_.empty()) lines_.back().ends_paragraph = true;
    lines_.push_back({.height = height,
                      .starts_paragraph = static_cast<bool>(line->is_paragraph_start),
                      .blank = blank});
    placings_.push_back(
        {line, Points(in_layout.x), (height - natural) / 2 - Points(from_baseline.y)});
  } while (pango_layout_iter_next_line(at.get()));
  lines_.back().ends_paragraph = true;
}

double TextBlock::Height() const {
  double height = 0;
  for (const TextLine& line : lines_) height += line.height;
  return height;
}

double TextBlock::Width() const {
  PangoRectangle extents;
  pango_layout_get_extents(layout_.get(), nullptr, &extents);
  return Points(extents.width);
}

bool TextBlock::HasUnprintable() const {
  return pango_layout_get_unknown_glyphs_count(layout_.get()) > 0;
}

void TextBlock::Draw(cairo_t* canvas, const PageLines& part, double x, double y) const {
  for (size_t i = part.first; i < part.end; ++i) {
    cairo_move_to(canvas, x + placings_[i].indent, y + placings_[i].baseline);
    ShowLine(canvas, placings_[i].line, pango_layout_get_text(layout_.get()));
    y += lines_[i].height;
  }
}

}  // namespace fsft::fulfillment
