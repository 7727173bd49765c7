#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Whom we have forgotten, in a file outside the database: lines "<time> <intake id>". A backup that
// is restored brings erased people back; the file does not forget with it. Append-only; several
// replicas may share it. Thread-safe.
class ErasureLedger {
 public:
  // An empty path: there is no file, and the table in the database is the only ledger. `clock`
  // outlives it.
  ErasureLedger(std::string path, const time::Clock& clock);

  // On disk when it returns; before the database forgets them, so that a crash in between leaves a
  // line too many and not one too few.
  absl::Status Append(const std::vector<std::string>& intake_ids);
  // Every id of the file, oldest first; none when there is no file yet. A line that a crash cut
  // short is left out: its erasure never reached the database.
  absl::StatusOr<std::vector<std::string>> Read() const;

 private:
  const std::string path_;
  const time::Clock& clock_;
  std::mutex mutex_;
};

}  // namespace fsft::intake
