#include "shared/files/read.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fsft::files {
namespace {

constexpr size_t kStep = 4096;

}  // namespace

absl::StatusOr<std::string> Read(const std::string& path, size_t max_bytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  const absl::Cleanup close_file = [file] { close(file); };

  std::string text;
  while (text.size() <= max_bytes) {
    const size_t used = text.size();
    text.resize(used + kStep);
    const ssize_t count = read(file, text.data() + used, kStep);
    text.resize(used + static_cast<size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return text;
    if (count < 0 && errno != EINTR) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
    }
  }
  return absl::OutOfRangeError(absl::StrCat("too large: ", path));
}

}  // namespace fsft::files
