#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/db/database.h"
#include "shared/work/backoff.h"

namespace fsft::work {

// The relay from one service's outbox to one other service. A row of <schema>.outbox says "this
// order changed, tell <target>"; it is written by the statement that changed the order. The relay
// claims due rows with a lease, lets `deliver` send those orders as they stand now, and deletes the
// rows. A change during the delivery bumps the row's claim, so the row outlives the delivery and is
// sent once more: delivery is at least once, and the receiver compares versions.
class Outbox {
 public:
  struct Options {
    // "payment" or "fulfillment": whose outbox.
    std::string schema;
    std::string target;
    int batch = 100;
    // Longer than a delivery may take, or another replica sends it too (which does no harm).
    std::chrono::seconds lease{30};
    Backoff backoff{.first = std::chrono::milliseconds(500), .cap = std::chrono::minutes(1)};
  };
  // Sends the current state of these orders in one call, within the deadline. OK means that the
  // receiver has committed them.
  using Deliver =
      std::function<absl::Status(const std::vector<std::string>& payment_ids, db::Deadline)>;

  // `database` outlives it.
  Outbox(Options options, db::Database& database, Deliver deliver);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // One batch; the step of a Worker. A delivery that fails is put off with back-off and is no error
  // of the step.
  absl::StatusOr<int> RelayBatch();

 private:
  struct Batch {
    std::vector<std::string> payment_ids;
    std::vector<int64_t> claims;
    int failures = 0;
  };
  absl::StatusOr<Batch> Claim(db::Deadline deadline);
  absl::Status Settle(const Batch& batch, db::Deadline deadline);
  absl::Status PutOff(const Batch& batch, db::Deadline deadline);

  const Options options_;
  db::Database& database_;
  const Deliver deliver_;
  const std::string claim_name_, claim_sql_, settle_name_, settle_sql_, put_off_name_, put_off_sql_;
};

}  // namespace fsft::work
