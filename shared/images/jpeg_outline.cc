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

// Frames of every kind lie in one range of markers; three in it mean something else.
bool IsFrame(uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
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
    segment_ = jpeg_.substr(at_ + 2, length - 2);
    at_ += length;
    return true;
  }

  // Two bytes of the segment that was passed over; 0 when it is too short.
  int Number(size_t at) const {
    if (at + 2 > segment_.size()) return 0;
    return static_cast<uint8_t>(segment_[at]) << 8 | static_cast<uint8_t>(segment_[at + 1]);
  }

 private:
  uint8_t Byte(size_t at) const { return static_cast<uint8_t>(jpeg_[at]); }

  const std::string_view jpeg_;
  size_t at_ = 0;
  uint8_t marker_ = 0;
  std::string_view segment_;
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
    if (IsFrame(marker)) {
      // After the bits of a sample.
      outline.height = markers.Number(1);
      outline.width = markers.Number(3);
    }
  }
  if (outline.scans > 1) outline.held_whole = true;
  return outline;
}

}  // namespace fsft::images
