#include "services/fulfillment/letter/glyphs.h"

#include <hb.h>

#include <vector>

namespace fsft::fulfillment {
namespace {

// Cairo 1.16 looks for the subroutines of PostScript outlines, as the Chinese faces have them, but
// not twice in one that two glyphs share. It then misreads the second glyph: the file lacks parts of
// it, or the program aborts. So glyphs of such faces are embedded as drawings (a Type 3 font), which
// are searched and copied like any other text.
bool HasPostScriptOutlines(PangoFont* font) {
  hb_face_t* face = hb_font_get_face(pango_font_get_hb_font(font));
  hb_blob_t* table = hb_face_reference_table(face, HB_TAG('C', 'F', 'F', ' '));
  const bool found = hb_blob_get_length(table) > 0;
  hb_blob_destroy(table);
  return found;
}

const cairo_user_data_key_t kOutlined = {0};
const cairo_user_data_key_t kDrawing = {0};

cairo_status_t DrawOutline(cairo_scaled_font_t* font, unsigned long index, cairo_t* canvas,
                           cairo_text_extents_t* extents) {
  cairo_font_face_t* drawing = cairo_scaled_font_get_font_face(font);
  cairo_set_font_face(
      canvas, static_cast<cairo_font_face_t*>(cairo_font_face_get_user_data(drawing, &kOutlined)));
  cairo_set_font_size(canvas, 1);
  const cairo_glyph_t glyph{.index = index, .x = 0, .y = 0};
  cairo_glyph_extents(canvas, &glyph, 1, extents);
  cairo_glyph_path(canvas, &glyph, 1);
  cairo_fill(canvas);
  return cairo_status(canvas);
}

void DestroyFace(void* face) { cairo_font_face_destroy(static_cast<cairo_font_face_t*>(face)); }

// The face that draws another one's outlines. The other one owns it, so each has one.
cairo_font_face_t* DrawingOf(cairo_font_face_t* outlined) {
  void* known = cairo_font_face_get_user_data(outlined, &kDrawing);
  if (known != nullptr) return static_cast<cairo_font_face_t*>(known);
  cairo_font_face_t* drawing = cairo_user_font_face_create();
  cairo_user_font_face_set_render_glyph_func(drawing, DrawOutline);
  cairo_font_face_set_user_data(drawing, &kOutlined, outlined, nullptr);
  cairo_font_face_set_user_data(outlined, &kDrawing, drawing, DestroyFace);
  return drawing;
}

void SetDrawingFont(cairo_t* canvas, PangoFont* font) {
  cairo_scaled_font_t* scaled = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font));
  cairo_matrix_t size;
  cairo_scaled_font_get_font_matrix(scaled, &size);
  cairo_set_font_face(canvas, DrawingOf(cairo_scaled_font_get_font_face(scaled)));
  cairo_set_font_matrix(canvas, &size);
}

double Points(int pango_units) { return pango_units_to_double(pango_units); }

// Invisible characters have a glyph of which there is nothing to draw.
bool IsDrawn(const PangoGlyphInfo& glyph) { return glyph.glyph != PANGO_GLYPH_EMPTY; }

std::vector<cairo_glyph_t> GlyphsOf(const PangoGlyphString& run, double x, double y) {
  std::vector<cairo_glyph_t> glyphs;
  for (int i = 0; i < run.num_glyphs; ++i) {
    const PangoGlyphInfo& glyph = run.glyphs[i];
    if (IsDrawn(glyph)) {
      glyphs.push_back({.index = glyph.glyph,
                        .x = x + Points(glyph.geometry.x_offset),
                        .y = y + Points(glyph.geometry.y_offset)});
    }
    x += Points(glyph.geometry.width);
  }
  return glyphs;
}

// Which bytes of the text became which glyphs, for whoever copies the text.
std::vector<cairo_text_cluster_t> ClustersOf(PangoGlyphItem* run, const char* text) {
  std::vector<cairo_text_cluster_t> clusters;
  PangoGlyphItemIter at;
  gboolean more = pango_glyph_item_iter_init_start(&at, run, text);
  for (; more; more = pango_glyph_item_iter_next_cluster(&at)) {
    // Punctuation between words that read from the right has its glyphs from the right, too.
    const int step = at.start_glyph < at.end_glyph ? 1 : -1;
    int drawn = 0;
    for (int i = at.start_glyph; i != at.end_glyph; i += step) {
      drawn += IsDrawn(run->glyphs->glyphs[i]);
    }
    clusters.push_back({.num_bytes = at.end_index - at.start_index, .num_glyphs = drawn});
  }
  return clusters;
}

void ShowDrawn(cairo_t* canvas, PangoGlyphItem* run, const char* text, double x, double y) {
  const PangoItem& item = *run->item;
  const std::vector<cairo_glyph_t> glyphs = GlyphsOf(*run->glyphs, x, y);
  const std::vector<cairo_text_cluster_t> clusters = ClustersOf(run, text);
  const bool from_right = item.analysis.level % 2 == 1;
  SetDrawingFont(canvas, item.analysis.font);
  cairo_show_text_glyphs(
      canvas, text + item.offset, item.length, glyphs.data(), static_cast<int>(glyphs.size()),
      clusters.data(), static_cast<int>(clusters.size()),
      from_right ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : static_cast<cairo_text_cluster_flags_t>(0));
}

}  // namespace

void ShowLine(cairo_t* canvas, const PangoLayoutLine* line, const char* text) {
  double x = 0, y = 0;
  cairo_get_current_point(canvas, &x, &y);
  for (const GSList* at = line->runs; at != nullptr; at = at->next) {
    auto* run = static_cast<PangoGlyphItem*>(at->data);
    if (HasPostScriptOutlines(run->item->analysis.font)) {
      ShowDrawn(canvas, run, text, x, y);
    } else {
      cairo_move_to(canvas, x, y);
      pango_cairo_show_glyph_item(canvas, text, run);
    }
    x += Points(pango_glyph_string_get_width(run->glyphs));
  }
}

}  // namespace fsft::fulfillment
