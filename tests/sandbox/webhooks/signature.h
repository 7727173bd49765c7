#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/sandbox/api/call.h"

namespace fsft::sandbox {

// The headers that prove who sent a webhook. `at` is in Unix seconds.
Headers SignForStripe(std::string_view secret, std::string_view body, int64_t at);
Headers SignForLob(std::string_view secret, std::string_view body, int64_t at);

}  // namespace fsft::sandbox
