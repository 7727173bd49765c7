#include "tests/fuzz/png_checksums.h"

#include <zlib.h>

#include <cstddef>
#include <cstdint>

namespace fsft::test {
namespace {

constexpr size_t kSignature = 8;
constexpr size_t kWord = 4;

uint64_t ReadWord(const std::string& bytes, size_t at) {
  uint64_t word = 0;
  for (size_t i = 0; i < kWord; ++i) word = word << 8 | static_cast<uint8_t>(bytes[at + i]);
  return word;
}

void WriteWord(std::string& bytes, size_t at, uint64_t word) {
  for (size_t i = kWord; i-- > 0; word >>= 8) bytes[at + i] = static_cast<char>(word);
}

}  // namespace

std::string WithRightChecksums(std::string png) {
  // A chunk is its length, its type, its data and its checksum, which is of type and data.
  for (size_t chunk = kSignature; chunk + 3 * kWord <= png.size();) {
    const uint64_t length = ReadWord(png, chunk);
    if (length > png.size() - chunk - 3 * kWord) break;
    const size_t type = chunk + kWord;
    const size_t end = type + kWord + length;
    const auto* covered = reinterpret_cast<const Bytef*>(png.data() + type);
    WriteWord(png, end, crc32(0, covered, static_cast<uInt>(end - type)));
    chunk = end + kWord;
  }
  return png;
}

}  // namespace fsft::test
