#include "shared/images/signature.h"

#include "absl/status/status.h"
#include "shared/images/decoder.h"
#include "shared/images/scale.h"

namespace fsft::images {

absl::StatusOr<std::string> PrepareSignature(std::string_view png) {
  if (!IsPng(png)) return absl::InvalidArgumentError("image_type_unsupported");
  const absl::StatusOr<PixbufHandle> decoded = DecodePng(png, kMaxSignaturePixels);
  if (!decoded.ok()) return decoded.status();
  const double scale =
      ScaleInto(gdk_pixbuf_get_width(decoded->get()), gdk_pixbuf_get_height(decoded->get()),
                kMaxSignatureWidth, kMaxSignatureHeight);
  const PixbufHandle pixels = Scaled(**decoded, scale, Transparency::kKept);
  gchar* bytes = nullptr;
  gsize size = 0;
  if (pixels == nullptr ||
      !gdk_pixbuf_save_to_buffer(pixels.get(), &bytes, &size, "png", nullptr, nullptr)) {
    return absl::ResourceExhaustedError("no memory for an image");
  }
  const BufferHandle owner(bytes);
  return std::string(bytes, size);
}

}  // namespace fsft::images
