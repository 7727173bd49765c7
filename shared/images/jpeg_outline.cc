#include "shared/images/jpeg_outline.h"

#include <cstdint>

namespace fsft::images {
namespace {

constexpr uint8_t kStartOfImage = 0xD8;
constexpr uint8_t kEndOfImage = 0xD9;
constexpr uint8_t kStartOfScan = 0xDA;
constexpr uint8_t kTemporary = 0x01;
// Progressive frames: Huffman coded and arithmetic, plain and differential.
constexpr uint8_t kProgressive[] = {0xC2, 0xC6, 0xCA, 0xCE};

bool IsRestart(uint8_t marker) { return marker >= 0xD0 && marker <= 0xD7; }

// Markers that no length follows.
bool StandsAlone(uint8_t marker) {
  return marker == kStartOfImage || marker == kTemporary || IsRestart(marker);
}

bool IsProgressive(uint8_t marker) {
  for (const uint8_t progressive : kProgressive) {
    if (marker == progressive) return true;
  }
  return false;
}

// Goes through a file as the decoder does: whatever stands between two segments, the data of a scan
// included, is passed over up to the next 0xFF that a marker follows. So no scan that the decoder
// finds is missed here.
class Markers {
 public:
  explicit Markers(std::string_view jpeg) : jpeg_(jpeg) {}

  // False at the end of the file.
  bool Next() {
    while (at_ + 1 < jpeg_.size()) {
      const uint8_t byte = Byte(at_++);
      const uint8_t next = Byte(at_);
      if (byte != 0xFF || next == 0xFF || next == 0x00) continue;
      marker_ = next;
      ++at_;
      return true;
    }
    return false;
  }

  uint8_t marker() const { return marker_; }

  // Passes over the segment that belongs to the marker; false when the file ends within it.
  bool Skip() {
    if (at_ + 2 > jpeg_.size()) return false;
    const size_t length = size_t{Byte(at_)} << 8 | Byte(at_ + 1);
    if (length < 2 || length > jpeg_.size() - at_) return false;
    at_ += length;
    return true;
  }

 private:
  uint8_t Byte(size_t at) const { return static_cast<uint8_t>(jpeg_[at]); }

  const std::string_view jpeg_;
  size_t at_ = 0;
  uint8_t marker_ = 0;
};

}  // namespace

JpegOutline ReadJpegOutline(std::string_view jpeg) {
  JpegOutline outline;
  Markers markers(jpeg);
  while (markers.Next()) {
    const uint8_t marker = markers.marker();
    if (marker == kEndOfImage) {
      outline.complete = outline.scans > 0;
      break;
    }
    if (StandsAlone(marker)) continue;
    if (!markers.Skip()) break;
    if (marker == kStartOfScan) ++outline.scans;
    if (IsProgressive(marker)) outline.held_whole = true;
  }
  if (outline.scans > 1) outline.held_whole = true;
  return outline;
}

}  // namespace fsft::images
