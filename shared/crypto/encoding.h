#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fsft::crypto {

// Lower case out; either case in. Decoding is strict: exactly one text, give or take the case of
// hex digits, stands for a given string of bytes, so that a token cannot be written in two ways.
// Errors are kInvalidArgument and do not repeat the text, which may be a secret.
std::string HexEncode(std::string_view bytes);
absl::StatusOr<std::string> HexDecode(std::string_view text);

// RFC 4648 section 5, without padding.
std::string Base64UrlEncode(std::string_view bytes);
absl::StatusOr<std::string> Base64UrlDecode(std::string_view text);

// RFC 4648 section 4, with padding (data URLs, HTTP Basic).
std::string Base64Encode(std::string_view bytes);
absl::StatusOr<std::string> Base64Decode(std::string_view text);

}  // namespace fsft::crypto
