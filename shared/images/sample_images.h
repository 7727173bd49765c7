#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// For tests: pictures of every kind that a camera, a scanner or an attacker may send.
namespace fsft::images {

struct SampleJpeg {
  int width = 64;
  int height = 48;
  // 1 grey, 3 colours, 4 inks.
  int components = 3;
  bool progressive = false;
  // Every pixel random: the picture that compresses worst.
  bool noise = false;
  int quality = 90;
};

struct SamplePng {
  int width = 64;
  int height = 48;
  // A PNG_COLOR_TYPE.
  int color_type = 2;
  int bit_depth = 8;
  bool interlaced = false;
  bool noise = false;
};

// Four quarters: red, green / blue, white (grey pictures: black, dark / light, white). What has an
// alpha channel is transparent in the blue quarter.
std::string MakeJpeg(const SampleJpeg& sample);
std::string MakePng(const SamplePng& sample);

// The JPEG with a segment more, right after its start. `payload` is at most 65533 bytes.
std::string WithSegment(std::string_view jpeg, uint8_t marker, std::string_view payload);
// What a camera adds: its orientation (1 to 8), a place on Earth and its own name.
std::string WithExif(std::string_view jpeg, int orientation);
// All that WithExif adds beside the orientation contains one of these.
inline constexpr std::string_view kCameraName = "Phonemaker 12";
inline constexpr std::string_view kGpsText = "37 deg 46' 29\" N";

// The PNG with a chunk more, before its data.
std::string WithChunk(std::string_view png, std::string_view type, std::string_view data);
// The PNG's header claiming another size; its checksum is right.
std::string ClaimingSize(std::string_view png, uint32_t width, uint32_t height);
// The same of a JPEG.
std::string JpegClaimingSize(std::string_view jpeg, uint16_t width, uint16_t height);

}  // namespace fsft::images
