#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/intake/erasure_ledger.h"
#include "shared/db/database.h"

namespace fsft::intake {

struct Erasure {
  int64_t sequence = 0;
  std::string intake_id;
};

// Forgets people, and keeps the ledger of whom. Thread-safe.
class Eraser {
 public:
  // Both outlive it.
  Eraser(db::Database& database, ErasureLedger& ledger) : database_(database), ledger_(ledger) {}

  // When it was, the first time. NOT_FOUND "intake_not_found"; ALREADY_EXISTS "order_in_progress"
  // before the order is final.
  absl::StatusOr<time::TimePoint> Erase(const std::string& intake_id, std::string_view actor,
                                        db::Deadline deadline);
  // Those of them that may be erased and are not yet, in one transaction; answers how many. What the
  // customer is still to pay for is left out unless it was left alone for as long as `idle`.
  absl::StatusOr<int> EraseAll(const std::vector<std::string>& intake_ids, std::string_view actor,
                               db::Deadline deadline,
                               std::chrono::days idle = std::chrono::days::zero());

  // The ledger's rows after a sequence number.
  absl::StatusOr<std::vector<Erasure>> List(int64_t after, int limit, db::Deadline deadline);

  // Access tokens that were given out for the intake open it no more. NOT_FOUND as above.
  absl::Status RevokeToken(std::string_view intake_id, std::string_view actor,
                           db::Deadline deadline);

  // Erases again whom a restored backup has brought back, as far as their orders allow it; answers
  // how many. Whoever stops leaves the rest of the ledger to the next start.
  absl::StatusOr<int> EraseAgain(db::Deadline deadline, const std::stop_token& stopping = {});

 private:
  // What stands in the way of erasing one intake, or when it was erased.
  struct Found {
    std::string intake_id;
    std::optional<time::TimePoint> erased_at;
    bool readable = false;
    bool may = false;
  };
  absl::StatusOr<std::vector<Found>> Lock(db::Transaction& transaction,
                                          const std::vector<std::string>& intake_ids,
                                          std::chrono::days idle);
  // Answers the time of the database.
  absl::StatusOr<std::optional<time::TimePoint>> Forget(db::Transaction& transaction,
                                                        const std::vector<std::string>& intake_ids,
                                                        std::string_view actor);
  absl::StatusOr<int> EraseReadable(const std::vector<std::string>& intake_ids,
                                    db::Deadline deadline);

  db::Database& database_;
  ErasureLedger& ledger_;
};

}  // namespace fsft::intake
