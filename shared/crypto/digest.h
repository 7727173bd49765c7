#pragma once

#include <string>
#include <string_view>

namespace fsft::crypto {

// Both answer 32 raw bytes. Thread-safe; a thread keeps its contexts.
std::string Sha256(std::string_view text);
std::string HmacSha256(std::string_view key, std::string_view message);

// For signatures, tokens and digests of them: takes the same time wherever the two differ. The
// lengths are no secret.
bool EqualsConstantTime(std::string_view a, std::string_view b);

}  // namespace fsft::crypto
