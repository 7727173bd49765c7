#pragma once

#include <string_view>

// What the files of this folder share; nobody else includes it.
namespace fsft::crypto::internal {

// Ends the process when an OpenSSL call fails that only fails without memory or with a broken
// installation. There is no safe way to go on without a digest, a cipher or random bytes, and
// nothing that a caller could do about it.
void Must(bool succeeded, const char* what);

inline const unsigned char* Bytes(std::string_view text) {
  // OpenSSL takes a null pointer for "none given", which an empty view may hold.
  return reinterpret_cast<const unsigned char*>(text.data() == nullptr ? "" : text.data());
}

inline unsigned char* Bytes(char* data) { return reinterpret_cast<unsigned char*>(data); }

}  // namespace fsft::crypto::internal
