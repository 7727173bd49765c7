#include "tests/sandbox/random_id.h"

#include <cstdint>

#include "shared/ids/random.h"

namespace fsft::sandbox {
namespace {

// Takes ten digits from each random word; the bias of the remainder (2^64 is no power of 62) is of
// no interest to anybody here.
std::string Draw(std::string_view prefix, size_t length, std::string_view alphabet) {
  std::string id(prefix);
  id.reserve(prefix.size() + length);
  uint64_t word = 0;
  for (size_t i = 0; i < length; ++i) {
    if (i % 10 == 0) word = ids::RandomWord();
    id += alphabet[word % alphabet.size()];
    word /= alphabet.size();
  }
  return id;
}

}  // namespace

std::string RandomId(std::string_view prefix, size_t length) {
  return Draw(prefix, length, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

std::string RandomHexId(std::string_view prefix, size_t length) {
  return Draw(prefix, length, "0123456789abcdef");
}

}  // namespace fsft::sandbox
