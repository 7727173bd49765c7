#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/config/config.h"
#include "shared/db/database.h"
#include "shared/metrics/metrics.h"

// What was stored for a purpose goes when the purpose is over.
namespace fsft::retention {

// Does what is due for these ids, and answers for how many it did. It looks again at each of them,
// under a lock: something may have happened since it was found.
using Settle = std::function<absl::StatusOr<int>(const std::vector<std::string>& ids)>;

struct Kind {
  // For logs and metrics, e.g. "unpaid".
  std::string_view name;
  // Answers up to `batch` rows whose (time, id) is above (`after_time`, `after_id`), in that order:
  // id, time, and whether it is due, which is when it is of no use any more since `days`. A row is
  // looked at when it may be due by its age, which never changes and so costs no write on the way
  // of an order.
  const db::Statement* look;
  std::chrono::days keep;
  Settle settle;
};

// Runs `statement` (:id, :days) for each id, in a transaction of its own: zero rows, nothing is
// done. One that others still refer to stays, and does not hold up the rest; whoever stops leaves
// the rest to another pass. `database` outlives it.
Settle OneByOne(db::Database& database, const db::Statement& statement, std::chrono::days keep,
                std::stop_token stopping = {});

// Goes over the rows of one kind from the oldest on, again and again, in batches. Nothing is
// claimed and nothing is remembered but how far this pass is: whoever is killed has lost nothing,
// and replicas may do the same. Used by one thread at a time.
class Sweep {
 public:
  // `database` and `registry` outlive it. A dry run counts what is due, and leaves it.
  Sweep(Kind kind, db::Database& database, metrics::Registry& registry, config::Retention mode);

  // The step of a Worker: one batch; answers how many rows it looked at, 0 at the end of a pass. A
  // batch that failed is left to the next pass, so that it does not hold up those behind it.
  absl::StatusOr<int> Step();

 private:
  static constexpr int kBatch = 200;

  absl::StatusOr<db::Rows> Look();
  absl::StatusOr<int> Settled(const std::vector<std::string>& due);
  void EndPass();

  const Kind kind_;
  db::Database& database_;
  const bool dry_run_;
  metrics::Gauge& due_;
  metrics::Counter& settled_;
  // Where this pass is, and what it found due and left.
  std::string after_time_;
  std::string after_id_;
  int64_t left_ = 0;
};

}  // namespace fsft::retention
