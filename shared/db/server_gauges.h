#pragma once

#include "shared/db/gauges.h"

namespace fsft::db {

// How the PostgreSQL server is, as its statistics tell of this database. Only roles that may read
// others' statistics (pg_read_all_stats) see more than themselves.
//
// A snapshot that is kept (a forgotten psql, a dump) keeps PostgreSQL from removing what was
// deleted since, and queues get slow by walking over it. Vacuum's own does not count.
Gauges ServerGauges(Database& database, metrics::Registry& registry);

}  // namespace fsft::db
