#pragma once

#include <vector>

#include "shared/db/statement.h"

namespace fsft::intake {

// Every statement of the service's *_sql.h, and those that it has from shared/. Made when it is
// built.
std::vector<db::Statement> Statements();

}  // namespace fsft::intake
