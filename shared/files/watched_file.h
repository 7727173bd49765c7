#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fsft::files {

// Tells when a file on disk is another one than it was at the last look, by one stat(): for keys
// and tokens that are replaced while a program runs. Used by one thread at a time; the owner locks.
class WatchedFile {
 public:
  explicit WatchedFile(std::string path);

  // True at the first call, when the file was replaced or written since the last call, and for as
  // long as it cannot be seen at all. Ask before reading: what changes in between is seen next
  // time.
  bool Changed();

  const std::string& path() const { return path_; }

 private:
  // What tells one version of a file from another; `rename` over it changes the inode even within
  // one tick of the clock.
  struct Version {
    uintmax_t inode = 0;
    uintmax_t size = 0;
    int64_t modified_ns = 0;
    bool operator==(const Version&) const = default;
  };
  std::optional<Version> OnDisk() const;

  const std::string path_;
  std::optional<Version> version_;
};

}  // namespace fsft::files
