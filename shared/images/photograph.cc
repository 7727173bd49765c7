#include "shared/images/photograph.h"

#include <array>

#include "absl/status/status.h"
#include "shared/images/decoder.h"
#include "shared/images/scale.h"

namespace fsft::images {
namespace {

// The first looks like the original on paper; below the last, a smaller picture looks better than a
// coarser one.
constexpr std::array<const char*, 5> kQualities = {"90", "82", "74", "66", "58"};
constexpr double kShrinkStep = 0.8;

absl::StatusOr<PixbufHandle> Decode(std::string_view image) {
  if (IsJpeg(image)) return DecodeJpeg(image);
  if (IsPng(image)) return DecodePng(image, kMaxPixelsHeldWhole);
  return absl::InvalidArgumentError("image_type_unsupported");
}

absl::Status NoMemory() { return absl::ResourceExhaustedError("no memory for an image"); }

absl::StatusOr<std::string> Encode(GdkPixbuf& pixels, const char* quality) {
  gchar* bytes = nullptr;
  gsize size = 0;
  if (!gdk_pixbuf_save_to_buffer(&pixels, &bytes, &size, "jpeg", nullptr, "quality", quality,
                                 nullptr)) {
    return NoMemory();
  }
  const BufferHandle owner(bytes);
  return std::string(bytes, size);
}

// At the best quality that fits. The last one's result when none does.
absl::StatusOr<Photograph> EncodeWithin(GdkPixbuf& pixels, size_t max_bytes) {
  Photograph photograph{.width = gdk_pixbuf_get_width(&pixels),
                        .height = gdk_pixbuf_get_height(&pixels)};
  for (const char* quality : kQualities) {
    absl::StatusOr<std::string> jpeg = Encode(pixels, quality);
    if (!jpeg.ok()) return jpeg.status();
    photograph.jpeg = *std::move(jpeg);
    if (photograph.jpeg.size() <= max_bytes) break;
  }
  return photograph;
}

}  // namespace

absl::StatusOr<Photograph> PreparePhotograph(std::string_view image) {
  const absl::StatusOr<PixbufHandle> decoded = Decode(image);
  if (!decoded.ok()) return decoded.status();
  const GdkPixbuf& picture = **decoded;
  double scale = ScaleInto(gdk_pixbuf_get_width(&picture), gdk_pixbuf_get_height(&picture),
                           kMaxWidth, kMaxHeight);
  for (;; scale *= kShrinkStep) {
    const PixbufHandle pixels = Scaled(picture, scale, Transparency::kOnWhite);
    if (pixels == nullptr) return NoMemory();
    absl::StatusOr<Photograph> photograph = EncodeWithin(*pixels, kMaxJpegBytes);
    if (!photograph.ok() || photograph->jpeg.size() <= kMaxJpegBytes) return photograph;
  }
}

}  // namespace fsft::images
