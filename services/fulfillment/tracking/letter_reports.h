#pragma once

#include <chrono>
#include <string_view>

#include "absl/status/statusor.h"
#include "fightsftickets/fulfillment/v1/admin.pb.h"
#include "shared/db/database.h"
#include "shared/metrics/metrics.h"

namespace fsft::fulfillment {

// A letter is printed within two days and delivered within about five, a certified one waits up to a
// week more for its signature: of which nothing was heard for longer, somebody should ask.
inline constexpr std::chrono::days kStuckAfter{14};
// After so long it counts as history, as payment has it: not every account is told what the mail
// sees, and without that every letter would be stuck for ever.
inline constexpr std::chrono::days kGivenUpAfter{60};
// A paid letter that the printer has not accepted by then waits for more than its turn.
inline constexpr std::chrono::hours kWaitingAfter{1};

// Operators' lists, trails and numbers of letters. Thread-safe. Errors are those of
// shared/db/errors.h where nothing else is said.
class LetterReports {
 public:
  // Both outlive it. `livemode` is that of our key at the printer.
  LetterReports(db::Database& database, metrics::Registry& registry, bool livemode);

  // INVALID_ARGUMENT with violations of list, limit and cursor.
  absl::StatusOr<fightsftickets::fulfillment::v1::ListResponse> List(
      const fightsftickets::fulfillment::v1::ListRequest& request, db::Deadline deadline);

  // NOT_FOUND "letter_not_found".
  absl::StatusOr<fightsftickets::fulfillment::v1::GetAuditTrailResponse> AuditTrail(
      std::string_view payment_id, db::Deadline deadline);
  // INVALID_ARGUMENT with a violation of limit.
  absl::StatusOr<fightsftickets::fulfillment::v1::ListActivityResponse> Activity(
      const fightsftickets::fulfillment::v1::ListActivityRequest& request, db::Deadline deadline);
  absl::StatusOr<fightsftickets::fulfillment::v1::GetStatsResponse> Stats(db::Deadline deadline);

  // The step of a Worker: counts for the metrics what somebody should look after. Answers 0.
  absl::StatusOr<int> Measure();

 private:
  db::Database& database_;
  const bool livemode_;
  metrics::Gauge& stuck_;
  metrics::Gauge& of_other_mode_;
};

}  // namespace fsft::fulfillment
