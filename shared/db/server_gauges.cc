#include "shared/db/server_gauges.h"

namespace fsft::db {
namespace {

constexpr Statement kServerGauges = {"server_gauges", R"sql(
WITH clients AS MATERIALIZED (
  SELECT xact_start, backend_xmin, backend_xid, wait_event_type FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
), oldest AS (
  SELECT xact_start AS since FROM clients WHERE backend_xmin IS NOT NULL OR backend_xid IS NOT NULL
  UNION ALL SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()
)
SELECT 'snapshot', CAST(extract(epoch FROM now() - min(since)) AS bigint) FROM oldest
UNION ALL SELECT 'lock_waiters', count(*) FROM clients WHERE wait_event_type = 'Lock'
UNION ALL SELECT 'connections', count(*) + 1 FROM clients
UNION ALL SELECT 'connections_max', CAST(current_setting('max_connections') AS bigint))sql"};

}  // namespace

Gauges ServerGauges(Database& database, metrics::Registry& registry) {
  return {database,
          registry,
          kServerGauges,
          {{.row = "snapshot",
            .name = "db_oldest_snapshot_age_seconds",
            .help = "Age of the oldest transaction that keeps PostgreSQL from cleaning up."},
           {.row = "lock_waiters",
            .name = "db_lock_waiters",
            .help = "Sessions that wait for another one's lock."},
           {.row = "connections",
            .name = "db_server_connections",
            .help = "Connections of all programs to this database."},
           {.row = "connections_max",
            .name = "db_server_connections_max",
            .help = "How many connections the server allows."}}};
}

}  // namespace fsft::db
