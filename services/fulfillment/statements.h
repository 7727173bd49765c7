#pragma once

#include <vector>

#include "shared/db/statement.h"

namespace fsft::fulfillment {

// Every statement that the service prepares. Made from the *_sql.h when it is built.
std::vector<db::Statement> Statements();

}  // namespace fsft::fulfillment
