#include "shared/images/scale.h"

#include <algorithm>
#include <cmath>

#include "shared/images/photograph.h"

namespace fsft::images {
namespace {

constexpr int kOpaque = 255;
constexpr guint32 kWhite = 0xFFFFFF;
// One chequer of white on white.
constexpr int kChequer = 1 << 14;

int Scaled(int length, double scale) {
  return std::max(1, static_cast<int>(std::lround(length * scale)));
}

}  // namespace

double ScaleInto(int width, int height, int max_width, int max_height) {
  return std::min(
      {1.0, static_cast<double>(max_width) / width, static_cast<double>(max_height) / height});
}

double LargestScaleOnPage(int width, int height) {
  return std::max(ScaleInto(width, height, kMaxWidth, kMaxHeight),
                  ScaleInto(height, width, kMaxWidth, kMaxHeight));
}

PixbufHandle Scaled(const GdkPixbuf& picture, double scale, Transparency transparency) {
  const int width = Scaled(gdk_pixbuf_get_width(&picture), scale);
  const int height = Scaled(gdk_pixbuf_get_height(&picture), scale);
  // Bilinear here means the mean over all pixels that become one; the finer sorts cost ten times as
  // much and show only when something is enlarged.
  if (transparency == Transparency::kOnWhite && gdk_pixbuf_get_has_alpha(&picture)) {
    return PixbufHandle(gdk_pixbuf_composite_color_simple(
        &picture, width, height, GDK_INTERP_BILINEAR, kOpaque, kChequer, kWhite, kWhite));
  }
  return PixbufHandle(gdk_pixbuf_scale_simple(&picture, width, height, GDK_INTERP_BILINEAR));
}

}  // namespace fsft::images
