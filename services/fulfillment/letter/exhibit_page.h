#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "services/fulfillment/letter/handles.h"
#include "services/fulfillment/letter/letter.h"
#include "services/fulfillment/letter/text_block.h"

namespace fsft::fulfillment {

// A photograph whose JPEG goes into the PDF byte for byte: nothing is decoded, nothing gets larger
// or coarser. INVALID_ARGUMENT "exhibit_unusable" for bytes that are no whole JPEG, or one that
// claims a size which no photograph of ours has.
absl::StatusOr<SurfaceHandle> EmbedJpeg(const std::string& jpeg);

// The page of one exhibit: which one it is, its caption, and the photograph as large as the page
// allows.
class ExhibitPage {
 public:
  // `number` counts from one. The photograph must outlive the page.
  ExhibitPage(PangoContext* context, const LetterExhibit& exhibit, cairo_surface_t* photograph,
              size_t number, size_t count);

  bool HasUnprintable() const { return caption_.HasUnprintable(); }
  void Draw(cairo_t* canvas) const;

 private:
  cairo_surface_t* photograph_;
  TextBlock heading_;
  TextBlock caption_;
  bool has_caption_;
};

}  // namespace fsft::fulfillment
