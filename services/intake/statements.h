#pragma once

#include <vector>

#include "shared/db/statement.h"

namespace fsft::intake {

// Every statement that the service prepares, but those of its outbox. Made from the *_sql.h when it is built.
std::vector<const db::Statement*> Statements();

}  // namespace fsft::intake
