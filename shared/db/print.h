#pragma once

#include <iosfwd>
#include <span>

#include "shared/db/statement.h"

namespace fsft::db {

// As SQL that prepares each under its name, with a comment that numbers its parameters:
//
//   PREPARE "payment.find" AS /* key */ SELECT … WHERE payment_id = CAST($1 AS uuid);
//
// For psql, to see whether a program will run on a schema, and for programs that measure statements.
void PrintStatements(std::span<const Statement> statements, std::ostream& out);

}  // namespace fsft::db
