#include "shared/images/png_picture.h"

#include <array>
#include <cstdint>

#include "absl/status/status.h"

namespace fsft::images {
namespace {

constexpr size_t kSignatureBytes = 8;
// Length and type before the data, a checksum after it.
constexpr size_t kHeadBytes = 8;
constexpr size_t kAroundData = 12;

constexpr std::array<std::string_view, 5> kNeeded = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};

bool IsNeeded(std::string_view type) {
  for (const std::string_view needed : kNeeded) {
    if (type == needed) return true;
  }
  return false;
}

uint64_t BigEndian32(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

}  // namespace

absl::StatusOr<std::string> OnlyThePicture(std::string_view png) {
  std::string picture(png.substr(0, kSignatureBytes));
  std::string_view rest = png.substr(picture.size());
  while (rest.size() >= kAroundData) {
    const uint64_t length = BigEndian32(rest);
    const std::string_view type = rest.substr(4, kHeadBytes - 4);
    if (length > rest.size() - kAroundData) break;
    if (type == "acTL") return absl::InvalidArgumentError("image_animated");
    if (IsNeeded(type)) picture += rest.substr(0, kAroundData + length);
    if (type == "IEND") return picture;
    rest.remove_prefix(kAroundData + length);
  }
  return absl::InvalidArgumentError("image_damaged");
}

}  // namespace fsft::images
