#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fsft::images {

// The same PNG with nothing but what makes its picture: header, palette, transparency, data, end.
// Texts and colour profiles are left out before a decoder sees them, because a thousand compressed
// ones of a few kilobytes each unpack to gigabytes. INVALID_ARGUMENT "image_damaged" when a chunk or
// the end is missing, "image_animated" for an animated PNG.
absl::StatusOr<std::string> OnlyThePicture(std::string_view png);

}  // namespace fsft::images
