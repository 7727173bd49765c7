-- The next two years' partitions of every table that has one for each month. Run once a month, as fsft_owner; what is
-- there already is left alone.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

SELECT maintenance.create_month_partitions(oid::regclass, 24)
FROM pg_class
WHERE relkind = 'p' AND relnamespace IN ('intake'::regnamespace, 'payment'::regnamespace, 'fulfillment'::regnamespace)
\g /dev/null
