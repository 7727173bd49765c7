#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/admin.pb.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "shared/crypto/key_source.h"
#include "shared/db/database.h"

namespace fsft::intake {

// Finds intakes by what people remember of them. Thread-safe.
class Finder {
 public:
  // Both outlive it.
  Finder(db::Database& database, crypto::KeySource& keys) : database_(database), keys_(keys) {}

  // Somebody's newest appeal, or for nobody an id that is no intake's: the caller cannot tell the
  // difference, and does the same work. INVALID_ARGUMENT with violations for what can be no email
  // address or no citation number.
  absl::StatusOr<fightsftickets::intake::v1::LookUpResponse> LookUp(
      const fightsftickets::intake::v1::LookUpRequest& request, db::Deadline deadline);

  // For operators, as the proto file says.
  absl::StatusOr<fightsftickets::intake::v1::SearchResponse> Search(std::string_view query,
                                                                    db::Deadline deadline);

 private:
  db::Database& database_;
  crypto::KeySource& keys_;
};

}  // namespace fsft::intake
