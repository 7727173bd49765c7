#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/admin.pb.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "shared/crypto/envelope.h"
#include "shared/crypto/key_source.h"
#include "shared/db/database.h"
#include "shared/metrics/metrics.h"
#include "shared/time/clock.h"

namespace fsft::intake {

// Customers' questions: taken once, stored sealed, read by operators. Thread-safe.
class Support {
 public:
  // All outlive it.
  Support(db::Database& database, crypto::KeySource& keys, metrics::Registry& registry,
          const time::Clock& clock);

  // INVALID_ARGUMENT with field violations, or "idempotency_key_reused".
  absl::StatusOr<fightsftickets::intake::v1::OpenSupportRequestResponse> Open(
      const fightsftickets::intake::v1::OpenSupportRequestRequest& request, db::Deadline deadline);

  // INVALID_ARGUMENT with violations of limit and cursor. A question that cannot be opened is listed
  // without its text, so that it does not hide the others.
  absl::StatusOr<fightsftickets::intake::v1::ListSupportRequestsResponse> List(
      const fightsftickets::intake::v1::ListSupportRequestsRequest& request, db::Deadline deadline);

 private:
  db::Database& database_;
  crypto::KeySource& keys_;
  metrics::Counter& opened_;
  const time::Clock& clock_;
};

// The same key under the ring's current one, for rotation.
absl::StatusOr<crypto::WrappedKey> RewrapQuestionKey(std::string_view support_id,
                                                     const crypto::WrappedKey& key,
                                                     const crypto::KeyRing& ring);

}  // namespace fsft::intake
