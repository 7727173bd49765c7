#include "shared/images/signature.h"

#include <zlib.h>

#include "absl/status/status.h"
#include "shared/images/decoder.h"
#include "shared/images/scale.h"

namespace fsft::images {
namespace {

size_t PackedSize(const std::string& plane) {
  uLongf size = compressBound(plane.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(plane.data()), plane.size());
  return size;
}

// As a PDF holds a picture: its colours, packed, and its transparency, packed by itself.
size_t PrintedSize(const GdkPixbuf& picture) {
  const int channels = gdk_pixbuf_get_n_channels(&picture);
  const guint8* row = gdk_pixbuf_read_pixels(&picture);
  std::string colours, transparency;
  for (int y = 0; y < gdk_pixbuf_get_height(&picture); ++y) {
    const guint8* pixel = row;
    for (int x = 0; x < gdk_pixbuf_get_width(&picture); ++x, pixel += channels) {
      colours.append(pixel, pixel + 3);
      if (channels == 4) transparency.push_back(static_cast<char>(pixel[3]));
    }
    row += gdk_pixbuf_get_rowstride(&picture);
  }
  return PackedSize(colours) + PackedSize(transparency);
}

}  // namespace

absl::StatusOr<std::string> PrepareSignature(std::string_view png) {
  if (!IsPng(png)) return absl::InvalidArgumentError("image_type_unsupported");
  const absl::StatusOr<PixbufHandle> decoded = DecodePng(png, kMaxSignaturePixels);
  if (!decoded.ok()) return decoded.status();
  const double scale =
      ScaleInto(gdk_pixbuf_get_width(decoded->get()), gdk_pixbuf_get_height(decoded->get()),
                kMaxSignatureWidth, kMaxSignatureHeight);
  const PixbufHandle pixels = Scaled(**decoded, scale, Transparency::kKept);
  if (pixels != nullptr && PrintedSize(*pixels) > kMaxPrintedBytes) {
    return absl::InvalidArgumentError("image_too_detailed");
  }
  gchar* bytes = nullptr;
  gsize size = 0;
  if (pixels == nullptr ||
      !gdk_pixbuf_save_to_buffer(pixels.get(), &bytes, &size, "png", nullptr, nullptr)) {
    return absl::ResourceExhaustedError("no memory for an image");
  }
  const BufferHandle owner(bytes);
  if (size > kMaxSignatureBytes) return absl::InvalidArgumentError("image_too_detailed");
  return std::string(bytes, size);
}

}  // namespace fsft::images
