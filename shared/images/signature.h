#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fsft::images {

// Of a file, as it comes in and as it goes out.
inline constexpr size_t kMaxSignatureBytes = size_t{200} * 1024;
inline constexpr size_t kMaxSignaturePixels = 4'000'000;

// The room of a signature on the page, 200 by 44 points, at 600 dots per inch.
inline constexpr int kMaxSignatureWidth = 1667;
inline constexpr int kMaxSignatureHeight = 367;

// What it may add to the letter's file, which packs pixels less tightly than a PNG does: a small PNG
// of soft colours would become megabytes there. A hundred times what a stroke of ink needs.
inline constexpr size_t kMaxPrintedBytes = size_t{256} * 1024;

// A signature's PNG, painted anew: transparency kept, metadata gone, scaled down to what is printed.
// Errors as in photograph.h, and "image_too_detailed"; a JPEG is "image_type_unsupported" here.
absl::StatusOr<std::string> PrepareSignature(std::string_view png);

}  // namespace fsft::images
