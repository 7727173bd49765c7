#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// Pictures that strangers send, made fit for print. What comes in is never kept: everything that
// goes out was painted anew from the pixels, so that no metadata (place, camera, thumbnail, comment,
// colour profile) and no trick in the file's structure can survive.
//
// Errors are INVALID_ARGUMENT with a reason as the message, all final:
//   "image_type_unsupported"  neither JPEG nor PNG, judged by its bytes
//   "image_damaged"           cut short, or its decoder refuses it
//   "image_animated"          more than one picture; nobody could say which one is meant
//   "image_too_large"         more pixels, or more scans, than are decoded for a page
namespace fsft::images {

// More pixels than this are refused before any memory is spent on them. JPEG's common kind is
// decoded at a smaller scale line by line; all others are held whole (up to 6 bytes a pixel).
inline constexpr size_t kMaxPixels = 50'000'000;
inline constexpr size_t kMaxPixelsHeldWhole = 25'000'000;

// The printable area of a US Letter page, 6.5 by 8.5 inches, at 250 dots per inch.
inline constexpr int kMaxWidth = 1625;
inline constexpr int kMaxHeight = 2125;

// Five photographs, a signature and the longest letter with its fonts must fit into the 5 MiB that
// the printer takes. Two thousand different Chinese signs, which is the most, alone take 2.2 MiB.
inline constexpr size_t kMaxJpegBytes = 480 * size_t{1024};

// Ready for print: upright, RGB, no metadata, within the three limits above.
struct Photograph {
  std::string jpeg{};
  int width = 0;  // pixels
  int height = 0;
};

// Measured in a process of its own: 12 megapixels from a phone take 0.24 s of a core and 41 MiB; the
// worst that is let in, 25 megapixels in 30 scans, 1.4 s and 160 MiB. Callers bound how many run at
// once.
// The same bytes give the same result, as long as the libraries are the same.
absl::StatusOr<Photograph> PreparePhotograph(std::string_view image);

}  // namespace fsft::images
