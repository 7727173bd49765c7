#include "shared/images/sample_images.h"

#include <png.h>
#include <zlib.h>
// libjpeg's header needs these two before it.
#include <cstddef>
#include <cstdio>
// clang-format off
#include <jpeglib.h>
// clang-format on

#include <array>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <vector>

namespace fsft::images {
namespace {

using Pixel = std::array<uint8_t, 4>;

constexpr std::array<Pixel, 4> kQuarters = {
    Pixel{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 0}, {255, 255, 255, 255}};
constexpr std::array<uint8_t, 4> kGreys = {0, 80, 170, 255};

size_t QuarterOf(int x, int y, int width, int height) {
  return (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
}

void FillRandom(std::vector<uint8_t>& row, std::minstd_rand& random) {
  for (uint8_t& byte : row) byte = static_cast<uint8_t>(random() >> 8);
}

// Inks are written as Photoshop does, 255 for none: the same numbers as the colours they leave, and
// no black.
std::vector<uint8_t> JpegRow(const SampleJpeg& sample, int y) {
  std::vector<uint8_t> row;
  for (int x = 0; x < sample.width; ++x) {
    const size_t quarter = QuarterOf(x, y, sample.width, sample.height);
    if (sample.components == 1) {
      row.push_back(kGreys[quarter]);
      continue;
    }
    row.insert(row.end(), kQuarters[quarter].begin(), kQuarters[quarter].begin() + 3);
    if (sample.components == 4) row.push_back(255);
  }
  return row;
}

// Of 8 or 16 bits; the low byte of the latter is 0x55, which no picture of 8 bits has.
std::vector<uint8_t> PngRow(const SamplePng& sample, int y) {
  std::vector<uint8_t> row;
  const auto add = [&](uint8_t value) {
    row.push_back(value);
    if (sample.bit_depth == 16) row.push_back(0x55);
  };
  for (int x = 0; x < sample.width; ++x) {
    const size_t quarter = QuarterOf(x, y, sample.width, sample.height);
    if (sample.color_type == PNG_COLOR_TYPE_PALETTE) {
      row.push_back(static_cast<uint8_t>(quarter));
      continue;
    }
    const Pixel& pixel = kQuarters[quarter];
    if (sample.color_type & PNG_COLOR_MASK_COLOR) {
      for (int i = 0; i < 3; ++i) add(pixel[i]);
    } else {
      add(kGreys[quarter]);
    }
    if (sample.color_type & PNG_COLOR_MASK_ALPHA) add(pixel[3]);
  }
  return row;
}

void AppendPng(png_structp png, png_bytep data, size_t size) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(data), size);
}

void SetPalette(png_structp png, png_infop info) {
  std::array<png_color, 4> palette{};
  std::array<png_byte, 4> alpha{};
  for (size_t i = 0; i < 4; ++i) {
    palette[i] = {kQuarters[i][0], kQuarters[i][1], kQuarters[i][2]};
    alpha[i] = kQuarters[i][3];
  }
  png_set_PLTE(png, info, palette.data(), 4);
  png_set_tRNS(png, info, alpha.data(), 4, nullptr);
}

std::string BigEndian(uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift);
  return text;
}

std::string Chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  const auto checksum =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return BigEndian(static_cast<uint32_t>(data.size()), 4) + body +
         BigEndian(static_cast<uint32_t>(checksum), 4);
}

// A field of a TIFF directory: tag, type, count, and a value or where it stands.
std::string TiffField(uint16_t tag, uint16_t type, uint32_t count, const std::string& value) {
  return BigEndian(tag, 2) + BigEndian(type, 2) + BigEndian(count, 4) + value;
}

// The signature, and the IHDR with all around it.
constexpr size_t kPngHeadBytes = 8 + 25;

}  // namespace

std::string MakeJpeg(const SampleJpeg& sample) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's type
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = sample.width;
  jpeg.image_height = sample.height;
  jpeg.input_components = sample.components;
  jpeg.in_color_space = sample.components == 1   ? JCS_GRAYSCALE
                        : sample.components == 3 ? JCS_RGB
                                                 : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, sample.quality, TRUE);
  if (sample.progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  std::minstd_rand random(1);
  for (int y = 0; y < sample.height; ++y) {
    std::vector<uint8_t> row = JpegRow(sample, y);
    if (sample.noise) FillRandom(row, random);
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&jpeg, rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string result(reinterpret_cast<char*>(bytes), size);
  free(bytes);
  return result;
}

std::string MakePng(const SamplePng& sample) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  std::string result;
  png_set_write_fn(png, &result, AppendPng, nullptr);
  png_set_IHDR(png, info, sample.width, sample.height, sample.bit_depth, sample.color_type,
               sample.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (sample.color_type == PNG_COLOR_TYPE_PALETTE) SetPalette(png, info);
  png_write_info(png, info);
  const int passes = png_set_interlace_handling(png);
  for (int pass = 0; pass < passes; ++pass) {
    std::minstd_rand random(1);
    for (int y = 0; y < sample.height; ++y) {
      std::vector<uint8_t> row = PngRow(sample, y);
      if (sample.noise) FillRandom(row, random);
      png_write_row(png, row.data());
    }
  }
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return result;
}

std::string WithSegment(std::string_view jpeg, uint8_t marker, std::string_view payload) {
  return std::string(jpeg.substr(0, 2)) + '\xFF' + static_cast<char>(marker) +
         BigEndian(static_cast<uint32_t>(payload.size()) + 2, 2) + std::string(payload) +
         std::string(jpeg.substr(2));
}

std::string WithExif(std::string_view jpeg, int orientation) {
  // One directory of two fields; the camera's name and the place follow it, as text.
  const uint32_t name_at = 8 + 2 + 2 * 12 + 4;
  const std::string directory =
      BigEndian(2, 2) +
      TiffField(0x0110, 2, static_cast<uint32_t>(kCameraName.size()), BigEndian(name_at, 4)) +
      TiffField(0x0112, 3, 1, BigEndian(orientation, 2) + BigEndian(0, 2)) + BigEndian(0, 4);
  return WithSegment(jpeg, 0xE1,
                     std::string("Exif\0\0MM\0\x2A\0\0\0\x08", 14) + directory +
                         std::string(kCameraName) + std::string(kGpsText));
}

std::string WithChunk(std::string_view png, std::string_view type, std::string_view data) {
  return std::string(png.substr(0, kPngHeadBytes)) + Chunk(type, data) +
         std::string(png.substr(kPngHeadBytes));
}

std::string ClaimingSize(std::string_view png, uint32_t width, uint32_t height) {
  const std::string header =
      BigEndian(width, 4) + BigEndian(height, 4) + std::string(png.substr(24, 5));
  return std::string(png.substr(0, 8)) + Chunk("IHDR", header) +
         std::string(png.substr(kPngHeadBytes));
}

std::string JpegClaimingSize(std::string_view jpeg, uint16_t width, uint16_t height) {
  std::string changed(jpeg);
  // Marker of the frame, its length, its bits per sample; then the height and the width.
  size_t frame = changed.find("\xFF\xC0");
  if (frame == std::string::npos) frame = changed.find("\xFF\xC2");
  if (frame == std::string::npos) throw std::runtime_error("a JPEG without a frame");
  return changed.replace(frame + 5, 4, BigEndian(height, 2) + BigEndian(width, 2));
}

}  // namespace fsft::images
