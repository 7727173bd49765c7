#pragma once

#include <vector>

#include "shared/db/statement.h"

namespace fsft::intake {

// Every statement of the service's *_sql.h, and of its outbox where it has one. Made when it is
// built.
std::vector<db::Statement> Statements();

}  // namespace fsft::intake
