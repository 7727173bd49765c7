#include "services/fulfillment/letter/exhibit_page.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "services/fulfillment/letter/wording.h"
#include "shared/images/jpeg_outline.h"
#include "shared/printable/page.h"

namespace fsft::fulfillment {
namespace {

// A small picture is enlarged to 100 dots per inch and no further: coarser looks torn.
constexpr double kLargestScale = 72.0 / 100;

// Twice what intake prepares. Cairo reserves memory for every pixel that a header claims, and has no
// surface at all for more than 32767 in a row.
constexpr int kMaxSide = 4096;

constexpr double kFrameWidth = 0.4;
constexpr double kFrameGrey = 0.6;

void ReleaseBytes(void* bytes) { delete static_cast<std::string*>(bytes); }

}  // namespace

absl::StatusOr<SurfaceHandle> EmbedJpeg(const std::string& jpeg) {
  const images::JpegOutline outline = images::ReadJpegOutline(jpeg);
  const auto [shorter, longer] = std::minmax(outline.width, outline.height);
  if (!outline.complete || shorter == 0 || longer > kMaxSide)
    return absl::InvalidArgumentError("exhibit_unusable");
  // Only its size is used; the pixels stay as they are, because Cairo prefers the bytes beside them.
  SurfaceHandle surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, outline.width, outline.height));
  auto bytes = std::make_unique<std::string>(jpeg);
  const auto* data = reinterpret_cast<const unsigned char*>(bytes->data());
  const size_t size = bytes->size();
  // Cairo owns the bytes from here on, whatever comes of it.
  const cairo_status_t status = cairo_surface_set_mime_data(
      surface.get(), CAIRO_MIME_TYPE_JPEG, data, size, ReleaseBytes, bytes.release());
  if (status != CAIRO_STATUS_SUCCESS) return absl::InternalError(cairo_status_to_string(status));
  return surface;
}

ExhibitPage::ExhibitPage(PangoContext* context, const LetterExhibit& exhibit,
                         cairo_surface_t* photograph, size_t number, size_t count)
    : photograph_(photograph),
      heading_(context, ExhibitHeading(number, count), page::kSubject, page::kMeasure),
      caption_(context, exhibit.caption, page::kBlock, page::kMeasure),
      has_caption_(!exhibit.caption.empty()) {}

void ExhibitPage::Draw(cairo_t* canvas) const {
  heading_.Draw(canvas, page::kLeft, page::kTop);
  const double caption_top = page::kTop + heading_.Height();
  caption_.Draw(canvas, page::kLeft, caption_top);

  const double caption_height = has_caption_ ? caption_.Height() : 0;
  const double top = caption_top + caption_height + page::kGap;
  const double width = cairo_image_surface_get_width(photograph_);
  const double height = cairo_image_surface_get_height(photograph_);
  const double scale =
      std::min({kLargestScale, page::kMeasure / width, (page::kBottom - top) / height});
  cairo_save(canvas);
  cairo_translate(canvas, page::kLeft, top);
  cairo_scale(canvas, scale, scale);
  cairo_set_source_surface(canvas, photograph_, 0, 0);
  cairo_paint(canvas);
  cairo_restore(canvas);
  // A bright sky would have no edge on white paper.
  cairo_set_source_rgb(canvas, kFrameGrey, kFrameGrey, kFrameGrey);
  cairo_set_line_width(canvas, kFrameWidth);
  cairo_rectangle(canvas, page::kLeft, top, width * scale, height * scale);
  cairo_stroke(canvas);
  cairo_set_source_rgb(canvas, 0, 0, 0);
}

}  // namespace fsft::fulfillment
