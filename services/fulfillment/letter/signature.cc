#include "services/fulfillment/letter/signature.h"

#include <cstdint>
#include <cstring>

#include "absl/status/status.h"

namespace fsft::fulfillment {
namespace {

constexpr std::string_view kPngStart("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);

uint64_t BigEndian32(std::string_view bytes) {
  uint64_t value = 0;
  for (unsigned char byte : bytes.substr(0, 4)) value = value << 8 | byte;
  return value;
}

// Pixels as the header claims, which is what the decoder would allocate.
uint64_t ClaimedPixels(std::string_view png) {
  return BigEndian32(png.substr(16)) * BigEndian32(png.substr(20));
}

cairo_status_t ReadSome(void* closure, unsigned char* out, unsigned int length) {
  auto& rest = *static_cast<std::string_view*>(closure);
  if (rest.size() < length) return CAIRO_STATUS_READ_ERROR;
  std::memcpy(out, rest.data(), length);
  rest.remove_prefix(length);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

absl::StatusOr<SurfaceHandle> DecodeSignature(std::string_view png) {
  const bool is_png = png.size() > kPngStart.size() + 8 && png.starts_with(kPngStart);
  if (!is_png || ClaimedPixels(png) > kMaxSignaturePixels)
    return absl::InvalidArgumentError("signature_unusable");
  SurfaceHandle image(cairo_image_surface_create_from_png_stream(ReadSome, &png));
  if (cairo_surface_status(image.get()) != CAIRO_STATUS_SUCCESS) {
    return absl::InvalidArgumentError("signature_unusable");
  }
  return image;
}

}  // namespace fsft::fulfillment
