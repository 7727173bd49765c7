#include "shared/ids/random.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>

namespace fsft::ids {
namespace {

constexpr size_t kBatch = 64;

struct Buffer {
  std::array<uint64_t, kBatch> words;
  size_t used = kBatch;
};

}  // namespace

uint64_t RandomWord() {
  thread_local Buffer buffer;
  if (buffer.used == kBatch) {
    // Guessable or repeated ids would be worse than no process: two orders could become one.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(buffer.words.data()), sizeof buffer.words) != 1)
      std::abort();
    buffer.used = 0;
  }
  return buffer.words[buffer.used++];
}

}  // namespace fsft::ids
