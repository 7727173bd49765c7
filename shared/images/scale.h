#pragma once

#include "shared/images/handles.h"

namespace fsft::images {

// The scale at which a picture fits into a box; 1 at most, because nothing is ever enlarged.
double ScaleInto(int width, int height, int max_width, int max_height);

// The scale on the page, whether the picture is upright or still lies on its side.
double LargestScaleOnPage(int width, int height);

enum class Transparency { kKept, kOnWhite };

// A copy at that scale, of one pixel at least in each direction. Null when there is no memory.
PixbufHandle Scaled(const GdkPixbuf& picture, double scale, Transparency transparency);

}  // namespace fsft::images
