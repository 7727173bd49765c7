#pragma once

#include <string>

namespace fsft::test {

// The PNG with the right checksum behind each of its chunks: a decoder would otherwise refuse whatever
// a fuzzer changes, and never look at it.
std::string WithRightChecksums(std::string png);

}  // namespace fsft::test
