#include "shared/crypto/encoding.h"

#include <array>
#include <cstdint>

#include "absl/status/status.h"

namespace fsft::crypto {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

using Values = std::array<int8_t, 256>;  // -1 where the alphabet has no such character

constexpr Values ValuesOf(std::string_view alphabet) {
  Values values{};
  values.fill(-1);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<int8_t>(i);
  }
  return values;
}

constexpr Values kBase64Values = ValuesOf(kBase64);
constexpr Values kBase64UrlValues = ValuesOf(kBase64Url);

std::string Encode(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t bits = 0;
  int held = 0;  // how many of the low bits are not written yet
  for (const unsigned char byte : bytes) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 0x3f];
  }
  if (held > 0) text += alphabet[bits << (6 - held) & 0x3f];
  return text;
}

absl::StatusOr<std::string> Decode(std::string_view text, const Values& values) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int held = 0;
  for (const unsigned char c : text) {
    if (values[c] < 0) return absl::InvalidArgumentError("not base64");
    bits = bits << 6 | static_cast<uint32_t>(values[c]);
    if ((held += 6) >= 8) bytes += static_cast<char>(bits >> (held -= 8));
  }
  // A single character left over is no byte; bits left over that are not zero would be a second way
  // to write the same.
  if (text.size() % 4 == 1 || (bits & ((1u << held) - 1)) != 0) {
    return absl::InvalidArgumentError("not base64");
  }
  return bytes;
}

}  // namespace

std::string HexEncode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 0xf];
  }
  return text;
}

absl::StatusOr<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return absl::InvalidArgumentError("not hex: odd length");
  std::string bytes(text.size() / 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = HexValue(text[2 * i]);
    const int low = HexValue(text[2 * i + 1]);
    if (high < 0 || low < 0) return absl::InvalidArgumentError("not hex");
    bytes[i] = static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string Base64UrlEncode(std::string_view bytes) { return Encode(bytes, kBase64Url); }

absl::StatusOr<std::string> Base64UrlDecode(std::string_view text) {
  return Decode(text, kBase64UrlValues);
}

std::string Base64Encode(std::string_view bytes) {
  std::string text = Encode(bytes, kBase64);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

absl::StatusOr<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return absl::InvalidArgumentError("not base64: length");
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return Decode(text, kBase64Values);
}

}  // namespace fsft::crypto
