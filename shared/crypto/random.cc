#include "shared/crypto/random.h"

#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

#include "shared/crypto/openssl.h"

namespace fsft::crypto {

void internal::Must(bool succeeded, const char* what) {
  if (succeeded) return;
  std::fprintf(stderr, "OpenSSL failed: %s\n", what);
  std::abort();
}

void FillRandom(void* data, size_t n) {
  internal::Must(RAND_bytes(static_cast<unsigned char*>(data), static_cast<int>(n)) == 1,
                 "RAND_bytes");
}

std::string RandomBytes(size_t n) {
  std::string bytes(n, '\0');
  FillRandom(bytes.data(), n);
  return bytes;
}

}  // namespace fsft::crypto
