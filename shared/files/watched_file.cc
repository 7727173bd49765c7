#include "shared/files/watched_file.h"

#include <sys/stat.h>

#include <utility>

namespace fsft::files {

WatchedFile::WatchedFile(std::string path) : path_(std::move(path)) {}

bool WatchedFile::Changed() {
  const std::optional<Version> version = OnDisk();
  if (version && version == version_) return false;
  version_ = version;
  return true;
}

std::optional<WatchedFile::Version> WatchedFile::OnDisk() const {
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0) return std::nullopt;
  return Version{.inode = status.st_ino,
                 .size = static_cast<uintmax_t>(status.st_size),
                 .modified_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace fsft::files
