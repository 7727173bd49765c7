#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fsft::sandbox {

// `prefix` and then `length` letters and digits, as the vendors' ids look ("pi_3Kd0…").
std::string RandomId(std::string_view prefix, size_t length);

// The same of lower-case hex digits (Lob's).
std::string RandomHexId(std::string_view prefix, size_t length);

}  // namespace fsft::sandbox
