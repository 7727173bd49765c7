#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/db/param.h"
#include "shared/db/row.h"
#include "shared/db/statement.h"

namespace fsft::metrics {
class Registry;
}

namespace fsft::db {

class Session;

using Deadline = std::chrono::steady_clock::time_point;

struct DatabaseOptions {
  // postgresql://... with the service's own role. Time-outs for connecting and for a silent network
  // are added to it.
  std::string url;
  // More than 16 to 32 gains little and exhausts the server's connections.
  int pool_size = 16;
  // Seen by the operator in pg_stat_activity.
  std::string application_name = "fightsftickets";
};

// Several statements that stand or fall together. Only within Database::RunTransaction.
class Transaction {
 public:
  absl::StatusOr<Rows> Run(const Statement& statement, Params params);
  absl::StatusOr<std::optional<Row>> RunOne(const Statement& statement, Params params);

 private:
  friend class Database;
  explicit Transaction(Session& session) : session_(session) {}
  Session& session_;
};

// The service's PostgreSQL: a pool of connections that heals. Thread-safe. Every call waits for a
// connection no longer than its deadline (UNAVAILABLE then). Other errors: shared/db/errors.h. A
// single statement needs no transaction: it is one by itself, and BEGIN and COMMIT around it would
// cost a quarter of its throughput.
class Database {
 public:
  // INVALID_ARGUMENT for a URL that libpq cannot read. Does not connect yet.
  static absl::StatusOr<std::unique_ptr<Database>> Create(const DatabaseOptions& options,
                                                          metrics::Registry& registry);
  ~Database();

  absl::StatusOr<Rows> Run(const Statement& statement, Params params, Deadline deadline);
  // For statements that yield at most one row.
  absl::StatusOr<std::optional<Row>> RunOne(const Statement& statement, Params params,
                                            Deadline deadline);
  // Commits when `body` returns OK, and rolls back otherwise, exceptions included.
  absl::Status RunTransaction(Deadline deadline,
                              const std::function<absl::Status(Transaction&)>& body);
  // One round trip, for health checks.
  absl::Status Ping(Deadline deadline);

 private:
  class Pool;
  class Lease;
  explicit Database(std::unique_ptr<Pool> pool);

  std::unique_ptr<Pool> pool_;
};

}  // namespace fsft::db
