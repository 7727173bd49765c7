#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/intake/registry/plan.h"
#include "shared/db/database.h"

namespace fsft::intake {

// An order that was frozen by what the registry no longer says.
struct AffectedOrder {
  std::string intake_id;
  // Empty before a checkout was heard of.
  std::string payment_id;
  std::string state;
  std::string city_id;
  std::string section_id;
  // Of the newest load that affects it, RFC 3339.
  std::string loaded_at;
  // With spaces in between.
  std::string fields;
};

// Puts a registry into the database, as the owner of its tables. Services see it at their next
// look.
class RegistryLoader {
 public:
  explicit RegistryLoader(db::Database& database) : database_(database) {}

  // All of it or nothing. Answers what has changed and was recorded; nothing when the database says
  // the same already. Errors are those of shared/db/errors.h.
  absl::StatusOr<std::vector<Change>> Load(const std::vector<CityEntry>& cities,
                                           std::string_view file_sha256, db::Deadline deadline);

  // `since` is RFC 3339, or empty for the whole history; `staleness` is how long after a load a
  // service may still go by the one before.
  absl::StatusOr<std::vector<AffectedOrder>> Affected(std::string_view since,
                                                      std::chrono::seconds staleness,
                                                      db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::intake
