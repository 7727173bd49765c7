#include "shared/images/decoder.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "shared/images/jpeg_outline.h"
#include "shared/images/photograph.h"
#include "shared/images/png_picture.h"
#include "shared/images/scale.h"

namespace fsft::images {
namespace {

constexpr std::string_view kJpegStart = "\xFF\xD8\xFF";
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1a\n";

// What the size of a picture decides, once its header has been read.
struct Plan {
  size_t max_pixels = 0;
  bool shrink_while_decoding = false;
  bool too_large = false;
};

int DividedUp(int length, int by) { return (length + by - 1) / by; }

// JPEG's transform can leave out detail at no cost in these steps only.
int ShrinkFor(int width, int height) {
  const double needed = LargestScaleOnPage(width, height);
  for (const int by : {8, 4, 2}) {
    if (1.0 / by >= needed) return by;
  }
  return 1;
}

void OnSizePrepared(GdkPixbufLoader* loader, int width, int height, gpointer user_data) {
  auto& plan = *static_cast<Plan*>(user_data);
  if (static_cast<size_t>(width) * static_cast<size_t>(height) > plan.max_pixels) {
    plan.too_large = true;
    // No size at all: the decoder gives up before it asks for memory.
    gdk_pixbuf_loader_set_size(loader, 0, 0);
  } else if (plan.shrink_while_decoding) {
    const int by = ShrinkFor(width, height);
    gdk_pixbuf_loader_set_size(loader, DividedUp(width, by), DividedUp(height, by));
  }
}

// A loader wants to be closed, whatever has become of it.
struct CloseLoader {
  void operator()(GdkPixbufLoader* loader) const {
    gdk_pixbuf_loader_close(loader, nullptr);
    g_object_unref(loader);
  }
};

// The texts of errors are not looked at: they are a library's, and in the language of the machine.
absl::StatusOr<PixbufHandle> Decode(const char* type, std::string_view image, Plan plan) {
  const std::unique_ptr<GdkPixbufLoader, CloseLoader> loader(
      gdk_pixbuf_loader_new_with_type(type, nullptr));
  if (loader == nullptr) return absl::InternalError("gdk-pixbuf has no such loader");
  g_signal_connect(loader.get(), "size-prepared", G_CALLBACK(OnSizePrepared), &plan);
  const bool decoded =
      gdk_pixbuf_loader_write(loader.get(), reinterpret_cast<const guchar*>(image.data()),
                              image.size(), nullptr) &&
      gdk_pixbuf_loader_close(loader.get(), nullptr);
  if (plan.too_large) return absl::InvalidArgumentError("image_too_large");
  GdkPixbuf* const pixels = decoded ? gdk_pixbuf_loader_get_pixbuf(loader.get()) : nullptr;
  if (pixels == nullptr) return absl::InvalidArgumentError("image_damaged");
  return PixbufHandle(GDK_PIXBUF(g_object_ref(pixels)));
}

}  // namespace

bool IsJpeg(std::string_view image) { return image.starts_with(kJpegStart); }
bool IsPng(std::string_view image) { return image.starts_with(kPngStart); }

absl::StatusOr<PixbufHandle> DecodeJpeg(std::string_view jpeg) {
  const JpegOutline outline = ReadJpegOutline(jpeg);
  if (!outline.complete) return absl::InvalidArgumentError("image_damaged");
  if (outline.scans > kMaxScans) return absl::InvalidArgumentError("image_too_large");
  absl::StatusOr<PixbufHandle> pixels =
      Decode("jpeg", jpeg,
             {.max_pixels = outline.held_whole ? kMaxPixelsHeldWhole : kMaxPixels,
              .shrink_while_decoding = true});
  if (!pixels.ok()) return pixels.status();
  PixbufHandle upright(gdk_pixbuf_apply_embedded_orientation(pixels->get()));
  if (upright == nullptr) return absl::ResourceExhaustedError("no memory for an image");
  return upright;
}

absl::StatusOr<PixbufHandle> DecodePng(std::string_view png, size_t max_pixels) {
  const absl::StatusOr<std::string> picture = OnlyThePicture(png);
  if (!picture.ok()) return picture.status();
  return Decode("png", *picture, {.max_pixels = max_pixels});
}

}  // namespace fsft::images
