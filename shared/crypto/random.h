#pragma once

#include <cstddef>
#include <string>

namespace fsft::crypto {

// For keys, nonces and tokens. A generator that fails ends the process: nothing may go on with
// predictable bytes.
std::string RandomBytes(size_t n);
void FillRandom(void* data, size_t n);

}  // namespace fsft::crypto
