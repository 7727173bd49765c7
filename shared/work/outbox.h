#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/db/database.h"
#include "shared/logging/repeats.h"
#include "shared/work/backoff.h"
#include "shared/work/claim_window.h"
#include "shared/work/outbox_statements.h"

namespace fsft::metrics {
class Counter;
class Registry;
}  // namespace fsft::metrics

namespace fsft::work {

// The relay from one service's outbox to one other service. A row of <schema>.outbox says "this
// order changed, tell <target>"; it is written by the statement that changed the order. The relay
// claims due rows with a lease, lets `deliver` send those orders as they stand now, and deletes the
// rows. A change during the delivery bumps the row's claim, so the row outlives the delivery and is
// sent once more: delivery is at least once, and the receiver compares versions.
//
// A receiver that cannot be reached puts the whole batch off. One that refuses a batch has seen
// something in it that it will not take: the batch is halved until that order stands alone, so that
// it waits by itself and holds up nobody else's.
class Outbox {
 public:
  // Of its Worker: a burst of orders is told in batches, and nobody waits for news that long.
  static constexpr std::chrono::milliseconds kPace{50};
  static constexpr int kBatch = 100;

  struct Options {
    // "payment" or "fulfillment": whose outbox.
    std::string schema;
    std::string target;
    int batch = kBatch;
    // Longer than a delivery may take, or another replica sends it too (which does no harm).
    std::chrono::seconds lease{30};
    Backoff backoff{.first = std::chrono::milliseconds(500), .cap = std::chrono::minutes(1)};
  };
  // Sends the current state of these orders in one call, within the deadline. OK means that the
  // receiver has committed all of them; an error, that it has committed none or that nobody knows.
  using Deliver =
      std::function<absl::Status(const std::vector<std::string>& payment_ids, db::Deadline)>;

  // `database` and `registry` outlive it.
  Outbox(Options options, db::Database& database, metrics::Registry& registry, Deliver deliver);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // One batch; the step of a Worker. Answers how many orders were delivered. A delivery that fails
  // is put off with back-off and is no error of the step.
  absl::StatusOr<int> RelayBatch();

 private:
  struct ClaimedRow {
    std::string payment_id;
    int64_t claim = 0;
    int64_t version = 0;
    int failures = 0;
  };
  absl::StatusOr<std::vector<ClaimedRow>> Claim(db::Deadline deadline);
  absl::StatusOr<int> Relay(std::span<const ClaimedRow> rows, db::Deadline deadline);
  absl::Status Settle(std::span<const ClaimedRow> rows, db::Deadline deadline);
  absl::Status PutOff(std::span<const ClaimedRow> rows, db::Deadline deadline);
  void Report(std::span<const ClaimedRow> rows, const absl::Status& status);

  const Options options_;
  db::Database& database_;
  const Deliver deliver_;
  metrics::Counter& delivered_;
  metrics::Counter& put_off_;
  metrics::Counter& refusals_;
  logging::Repeats repeats_;
  ClaimWindow window_;
  const OutboxStatements statements_;
};

}  // namespace fsft::work
