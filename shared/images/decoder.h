#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/images/handles.h"

namespace fsft::images {

bool IsJpeg(std::string_view image);
bool IsPng(std::string_view image);

// The pixels of one picture, decoded by the named loader and no other. INVALID_ARGUMENT
// "image_damaged", "image_animated" or "image_too_large"; the pixels are counted before memory is
// spent on them.

// Upright, as the camera was held. Decoded at half, a quarter or an eighth of its size where that
// is still enough for a page.
absl::StatusOr<PixbufHandle> DecodeJpeg(std::string_view jpeg);
absl::StatusOr<PixbufHandle> DecodePng(std::string_view png, size_t max_pixels);

}  // namespace fsft::images
