#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/fulfillment/letter/handles.h"

namespace fsft::fulfillment {

// Decodes a signature's PNG. INVALID_ARGUMENT "signature_unusable" for what is no PNG, is damaged,
// or would unpack to more than kMaxSignaturePixels: a few hundred bytes can claim gigabytes.
inline constexpr uint64_t kMaxSignaturePixels = 4'000'000;
absl::StatusOr<SurfaceHandle> DecodeSignature(std::string_view png);

}  // namespace fsft::fulfillment
