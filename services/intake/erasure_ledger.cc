#include "services/intake/erasure_ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
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

absl::Status Write(int file, const std::string& text, const std::string& path) {
  const ssize_t written = write(file, text.data(), text.size());
  if (written < 0) return Failed("write", path);
  if (static_cast<size_t>(written) != text.size())
    return absl::ResourceExhaustedError(
        absl::StrCat("the ledger took a part of its lines: ", path));
  return absl::OkStatus();
}

// A new file is only as durable as its name in the directory.
absl::Status SyncDirectory(const std::string& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Failed("open the directory of", directory);
  const absl::Cleanup close_file = [file] { close(file); };
  return fsync(file) == 0 ? absl::OkStatus() : Failed("sync the directory of", directory);
}

absl::Status ReadFile(const std::filesystem::path& path, std::vector<std::string>& ids) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    std::string id = line.substr(space + 1);
    if (ids::IsUuid(id)) ids.push_back(std::move(id));
  }
  // A file that could not be opened has not been read to its end, either.
  if (file.eof()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot read the ledger ", path.string()));
}

}  // namespace

ErasureLedger::ErasureLedger(const std::string& directory, const time::Clock& clock)
    : directory_(directory),
      clock_(clock),
      own_path_(absl::StrCat(directory, "/erased-", ids::NewUuidV7(clock.Now()))) {}

absl::Status ErasureLedger::Append(const std::vector<std::string>& intake_ids) {
  if (directory_.empty()) return absl::OkStatus();
  // The line end before the first line keeps it apart from one that was cut short.
  std::string lines = "\n";
  const std::string now = time::FormatRfc3339(clock_.Now());
  for (const std::string& id : intake_ids) absl::StrAppend(&lines, now, " ", id, "\n");

  const std::lock_guard lock(mutex_);
  const int file = open(own_path_.c_str(),
                        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (begun_ ? 0 : O_EXCL), 0600);
  if (file < 0) return Failed("open", own_path_);
  const absl::Cleanup close_file = [file] { close(file); };
  begun_ = true;
  if (absl::Status status = Write(file, lines, own_path_); !status.ok()) return status;
  if (fsync(file) != 0) return Failed("sync", own_path_);
  return SyncDirectory(directory_);
}

absl::Status ErasureLedger::CheckWritable() const {
  if (directory_.empty() || access(directory_.c_str(), W_OK | X_OK) == 0) return absl::OkStatus();
  return Failed("write into the directory of", directory_);
}

absl::StatusOr<std::vector<std::string>> ErasureLedger::Read() const {
  std::vector<std::string> ids;
  if (absl::Status status = ReadInto(ids); !status.ok()) return status;
  return ids;
}

absl::Status ErasureLedger::ReadInto(std::vector<std::string>& ids) const {
  if (directory_.empty()) return absl::OkStatus();
  absl::Status unread;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory_, error), end; !error && at != end;
       at.increment(error)) {
    const bool regular = at->is_regular_file(error);
    if (error) break;
    if (!regular) continue;
    unread.Update(ReadFile(at->path(), ids));
  }
  if (error) return absl::UnavailableError(absl::StrCat("cannot read the ledger ", directory_));
  return unread;
}

}  // namespace fsft::intake
