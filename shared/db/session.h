#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "shared/db/param.h"
#include "shared/db/row.h"
#include "shared/db/statement.h"

namespace fsft::db {

class Metrics;

// One connection and the statements prepared on it. It connects at its first use and again after it
// was lost, so a program may start before its database does. Used by one thread at a time; the pool
// sees to that.
class Session {
 public:
  // `metrics` outlives the session.
  Session(std::string conninfo, Metrics& metrics);
  ~Session();

  // Makes the connection usable. A connection that the server closed while it lay idle is noticed
  // here, without a round trip. UNAVAILABLE when PostgreSQL cannot be reached.
  absl::Status EnsureConnected();

  // One round trip, one more the first time on this connection. Errors as FromSqlState gives them;
  // after the loss of the connection the next EnsureConnected makes a new one.
  absl::StatusOr<Rows> Run(const Statement& statement, Params params);

  absl::Status Begin();
  absl::Status Commit();
  // Never fails: where the connection is too broken to roll back, PostgreSQL has done it.
  void Rollback();

 private:
  struct Connection;
  struct Prepared;

  Prepared& PreparedFor(const Statement& statement, Params params);
  absl::Status Control(const char* name, const char* command);
  // Turns the exception being handled into a Status, and gives up the connection where it is lost.
  absl::Status FailureOf(std::string_view statement);
  void Drop();

  const std::string conninfo_;
  Metrics& metrics_;
  std::unique_ptr<Connection> connection_;
  // By the address of the SQL text. Dropped before the connection that they live on.
  std::unordered_map<const char*, std::unique_ptr<Prepared>> prepared_;
};

}  // namespace fsft::db
