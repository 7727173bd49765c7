-- Deploy payment/server_numbers: how the PostgreSQL server is, as four numbers and nothing else.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- Only the owner may see what others do on the server (roles.sql); payment sees these sums of it, and no statement or
-- name. Without that right the sums would be of payment's own sessions and look fine, so it is an error.
--
-- A snapshot that is kept (a forgotten psql, a dump) keeps PostgreSQL from removing what was deleted since, and queues get
-- slow by walking over it. Vacuum's own does not count. Connections are the whole server's, as the limit is.
CREATE FUNCTION payment.server_numbers() RETURNS TABLE (name text, value bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') THEN
        RAISE insufficient_privilege USING MESSAGE = current_user || ' is no member of pg_read_all_stats',
                                           HINT = 'Run schema/roles.sql.';
    END IF;
    RETURN QUERY
    WITH clients AS MATERIALIZED (
        SELECT datname = current_database() AS is_here, xact_start, backend_xmin, backend_xid, wait_event_type, pid
        FROM pg_stat_activity WHERE backend_type = 'client backend'
    ), oldest AS (
        SELECT xact_start AS since FROM clients
        WHERE is_here AND pid <> pg_backend_pid() AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
        UNION ALL SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()
    )
    SELECT 'snapshot', CAST(extract(epoch FROM now() - min(since)) AS bigint) FROM oldest
    UNION ALL SELECT 'lock_waiters', count(*) FROM clients WHERE is_here AND wait_event_type = 'Lock'
    UNION ALL SELECT 'connections', count(*) FROM clients
    UNION ALL SELECT 'connections_max', CAST(current_setting('max_connections') AS bigint);
END
$$;
REVOKE ALL ON FUNCTION payment.server_numbers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payment.server_numbers TO payment_rw;

COMMIT;
