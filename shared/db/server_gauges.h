#pragma once

#include "shared/db/gauges.h"

namespace fsft::db {

// How the PostgreSQL server is, as the function payment.server_numbers tells; so it is payment that
// may run it.
Gauges ServerGauges(Database& database, metrics::Registry& registry);

}  // namespace fsft::db
