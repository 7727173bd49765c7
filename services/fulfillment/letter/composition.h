#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/fulfillment/letter/exhibit_page.h"
#include "services/fulfillment/letter/handles.h"
#include "services/fulfillment/letter/letter.h"
#include "services/fulfillment/letter/pagination.h"
#include "services/fulfillment/letter/text_block.h"

namespace fsft::fulfillment {

// One letter, laid out: which words stand where on which page. Constructing measures, Draw paints;
// the letter, the context and the images must outlive it.
class Composition {
 public:
  // `signature` may be null: then the line stays empty, to be signed by hand. `photographs` are the
  // letter's exhibits, one each.
  Composition(PangoContext* context, const Letter& letter, cairo_surface_t* signature,
              std::span<const SurfaceHandle> photographs);

  size_t page_count() const { return pages_.size() + exhibits_.size(); }
  // True when some character of the letter is in none of the fonts.
  bool HasUnprintable() const;
  // Paints one page, counted from zero.
  void Draw(cairo_t* canvas, size_t page) const;

 private:
  void DrawText(cairo_t* canvas, size_t page) const;
  void DrawHead(cairo_t* canvas) const;
  void DrawClosing(cairo_t* canvas, double y) const;
  void DrawFooter(cairo_t* canvas, size_t page) const;
  double ClosingHeight() const;

  PangoContext* context_;
  cairo_surface_t* signature_;
  TextBlock sender_;
  TextBlock date_;
  TextBlock agency_;
  TextBlock subject_;
  TextBlock subject_details_;
  TextBlock body_;
  TextBlock typed_name_;
  TextBlock reply_;
  TextBlock enclosures_;
  TextBlock citation_;  // in the footer
  double agency_top_;
  double subject_top_;
  double body_top_;
  std::vector<PageLines> pages_;
  std::vector<ExhibitPage> exhibits_;  // on the pages after these
};

}  // namespace fsft::fulfillment
