#include "services/intake/erasure_ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "shared/ids/uuid.h"

namespace fsft::intake {

namespace {

absl::Status Failed(const char* what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " the ledger ", path));
}

// One write, so that lines of two replicas do not mix.
absl::Status Write(int file, const std::string& text, const std::string& path) {
  const ssize_t written = write(file, text.data(), text.size());
  if (written < 0) return Failed("write", path);
  if (static_cast<size_t>(written) != text.size())
    return absl::ResourceExhaustedError(absl::StrCat("the ledger took half a line: ", path));
  return absl::OkStatus();
}

// A new file is only as durable as its name in the directory.
absl::Status SyncDirectory(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Failed("open the directory of", path);
  const absl::Cleanup close_file = [file] { close(file); };
  return fsync(file) == 0 ? absl::OkStatus() : Failed("sync the directory of", path);
}

}  // namespace

ErasureLedger::ErasureLedger(std::string path, const time::Clock& clock)
    : path_(std::move(path)), clock_(clock) {}

absl::Status ErasureLedger::Append(const std::vector<std::string>& intake_ids) {
  if (path_.empty()) return absl::OkStatus();
  // The line end before the first line keeps it apart from one that a crash cut short.
  std::string lines = "\n";
  const std::string now = time::FormatRfc3339(clock_.Now());
  for (const std::string& id : intake_ids) absl::StrAppend(&lines, now, " ", id, "\n");

  const std::lock_guard lock(mutex_);
  const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return Failed("open", path_);
  const absl::Cleanup close_file = [file] { close(file); };
  if (absl::Status status = Write(file, lines, path_); !status.ok()) return status;
  if (fsync(file) != 0) return Failed("sync", path_);
  return SyncDirectory(path_);
}

absl::StatusOr<std::vector<std::string>> ErasureLedger::Read() const {
  std::vector<std::string> ids;
  if (path_.empty() || access(path_.c_str(), F_OK) != 0) return ids;
  std::ifstream file(path_);
  if (!file) return absl::UnavailableError(absl::StrCat("cannot read the ledger ", path_));
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    std::string id = line.substr(space + 1);
    if (ids::IsUuid(id)) ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace fsft::intake
