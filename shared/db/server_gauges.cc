#include "shared/db/server_gauges.h"

#include "shared/db/server_gauges_sql.h"

namespace fsft::db {

Gauges ServerGauges(Database& database, metrics::Registry& registry) {
  return {database,
          registry,
          sql::kServerGauges,
          {{.row = "snapshot",
            .name = "db_oldest_snapshot_age_seconds",
            .help = "Age of the oldest transaction that keeps PostgreSQL from cleaning up."},
           {.row = "lock_waiters",
            .name = "db_lock_waiters",
            .help = "Sessions that wait for another one's lock."},
           {.row = "connections",
            .name = "db_server_connections",
            .help = "Connections to the server, whoever has them."},
           {.row = "connections_max",
            .name = "db_server_connections_max",
            .help = "How many connections the server allows."}}};
}

}  // namespace fsft::db
