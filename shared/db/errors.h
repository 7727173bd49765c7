#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace fsft::db {

// The one map from SQLSTATE to absl::Status. The message holds the statement's name and the
// SQLSTATE only: PostgreSQL's own text quotes values, and values may be personal data.
//   UNAVAILABLE        the connection, the server, or too many connections: nothing is known to be
//   stored; try again DEADLINE_EXCEEDED  statement_timeout or lock_timeout ABORTED serialization
//   failure or deadlock: run the transaction again ALREADY_EXISTS     a unique index
//   FAILED_PRECONDITION  a foreign key
//   INVALID_ARGUMENT   a value that the column's type or CHECK refuses
//   PERMISSION_DENIED  a grant
//   INTERNAL           everything else
absl::Status FromSqlState(std::string_view sqlstate, std::string_view statement);

// Whether a statement for many may have failed for the fault of one of them: a value or a row that
// the database refuses, a row that somebody else has locked, a deadlock. Each is then to be tried by
// itself.
bool MayBeOfOne(const absl::Status& status);

// True for states after which the connection is of no more use (class 08 and 57P0x; an empty state
// is libpq's way to say that the connection broke).
bool IsConnectionLoss(std::string_view sqlstate);

// The SQLSTATE that a Status of FromSqlState came from; empty for others. For stores that tell
// unique indexes apart.
std::string_view SqlStateOf(const absl::Status& status);

}  // namespace fsft::db
