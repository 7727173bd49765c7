#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Whom we have forgotten, in files outside the database: lines "<time> <intake id>". A backup that
// is restored brings erased people back; the files do not forget with it. Append-only. All replicas
// share one directory, which may be on a network file system where two who append to one file
// overwrite each other's lines: so each writes a file of its own, and reads those of all.
// Thread-safe.
class ErasureLedger {
 public:
  // An empty directory: there are no files, and the table in the database is the only ledger.
  // `clock` outlives it.
  ErasureLedger(const std::string& directory, const time::Clock& clock);

  // On disk when it returns; before the database forgets them, so that a crash in between leaves a
  // line too many and not one too few.
  absl::Status Append(const std::vector<std::string>& intake_ids);
  // Every id of every file, whoever wrote it and whatever its name. A directory that is not there is
  // an error and no empty ledger; of a volume that is not mounted where a directory is, nobody can
  // tell. A line that a crash cut short is left out: its erasure never reached the database.
  absl::StatusOr<std::vector<std::string>> Read() const;
  // As Read; `ids` gets what can be read, also when something cannot.
  absl::Status ReadInto(std::vector<std::string>& ids) const;

  // Whether people can be erased at all, as far as can be told without doing it.
  absl::Status CheckWritable() const;

 private:
  const std::string directory_;
  const time::Clock& clock_;
  const std::string own_path_;
  std::mutex mutex_;
  bool begun_ = false;  // guarded by mutex_: the file is there, and it is ours
};

}  // namespace fsft::intake
