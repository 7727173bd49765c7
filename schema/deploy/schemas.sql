-- Deploy schemas: one schema per service, and what all of them share.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE SCHEMA intake;
CREATE SCHEMA payment;
CREATE SCHEMA fulfillment;

GRANT USAGE ON SCHEMA intake TO intake_rw, fsft_readonly;
GRANT USAGE ON SCHEMA payment TO payment_rw, fsft_readonly;
GRANT USAGE ON SCHEMA fulfillment TO fulfillment_rw, fsft_readonly;

-- Nobody creates anything by accident.
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA maintenance;

-- Makes the monthly partitions of a table from this month on. Called by migrations and by the operator's monthly job;
-- a row that finds no partition falls into the default one, so a forgotten month loses nothing.
CREATE FUNCTION maintenance.create_month_partitions(parent regclass, months integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    first_day date;
BEGIN
    FOR i IN 0..months - 1 LOOP
        first_day := date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => i);
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
            parent || to_char(first_day, '_YYYY_MM'), parent,
            first_day || ' 00:00:00+00', (first_day + interval '1 month')::date || ' 00:00:00+00');
    END LOOP;
END
$$;

COMMIT;
