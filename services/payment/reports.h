#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "fightsftickets/payment/v1/admin.pb.h"
#include "shared/db/database.h"

namespace fsft::payment {

// Operators' lists and numbers. Thread-safe. Errors are those of shared/db/errors.h where nothing
// else is said.
class Reports {
 public:
  explicit Reports(db::Database& database) : database_(database) {}

  // INVALID_ARGUMENT with violations of list, limit and cursor.
  absl::StatusOr<fightsftickets::payment::v1::ListResponse> List(
      const fightsftickets::payment::v1::ListRequest& request, db::Deadline deadline);
  // NOT_FOUND "order_not_found".
  absl::StatusOr<fightsftickets::payment::v1::GetAuditTrailResponse> AuditTrail(
      std::string_view payment_id, db::Deadline deadline);
  // INVALID_ARGUMENT with a violation of limit.
  absl::StatusOr<fightsftickets::payment::v1::ListActivityResponse> Activity(
      const fightsftickets::payment::v1::ListActivityRequest& request, db::Deadline deadline);
  absl::StatusOr<fightsftickets::payment::v1::GetStatsResponse> Stats(db::Deadline deadline);
  // INVALID_ARGUMENT with violations of from and to.
  absl::StatusOr<fightsftickets::payment::v1::GetFunnelResponse> Funnel(
      const fightsftickets::payment::v1::GetFunnelRequest& request, db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::payment
