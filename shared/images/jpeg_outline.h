#pragma once

#include <cstddef>
#include <string_view>

namespace fsft::images {

// More scans than any camera or program writes (ten is usual), and few enough to be decoded in a
// second.
inline constexpr size_t kMaxScans = 30;

// What a JPEG's markers tell before anything is decoded.
struct JpegOutline {
  // The file goes on to its end marker.
  bool complete = false;
  // The decoder must hold the whole picture, because its parts come one after another.
  bool held_whole = false;
  // How often the picture is gone through. A few bytes each can cost seconds each.
  size_t scans = 0;
  // Pixels; 0 when the file does not tell.
  int width = 0;
  int height = 0;
};

JpegOutline ReadJpegOutline(std::string_view jpeg);

}  // namespace fsft::images
