#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace fsft::files {

// The whole of a small file: keys, secrets, tokens. The status is that of the system call
// (kNotFound, kPermissionDenied, …) and names the path; kOutOfRange above `max_bytes`, so that a
// wrong path cannot fill the memory.
absl::StatusOr<std::string> Read(const std::string& path, size_t max_bytes = 1 << 20);

}  // namespace fsft::files
