#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fsft::images {

inline constexpr size_t kMaxSignaturePixels = 4'000'000;

// The room of a signature on the page, 200 by 44 points, at 600 dots per inch.
inline constexpr int kMaxSignatureWidth = 1667;
inline constexpr int kMaxSignatureHeight = 367;

// A signature's PNG, painted anew: transparency kept, metadata gone, scaled down to what is printed.
// Errors as in photograph.h; a JPEG is "image_type_unsupported" here.
absl::StatusOr<std::string> PrepareSignature(std::string_view png);

}  // namespace fsft::images
