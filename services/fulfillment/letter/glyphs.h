#pragma once

#include <pango/pangocairo.h>

namespace fsft::fulfillment {

// Paints a laid-out line with its baseline at the canvas's current point. `text` is that of its
// layout.
void ShowLine(cairo_t* canvas, const PangoLayoutLine* line, const char* text);

}  // namespace fsft::fulfillment
