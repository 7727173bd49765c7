-- Makes the roles, outside the sqitch plan because they belong to the cluster and not to one database. Idempotent: run
-- it again to change a password or a time-out. Run as a role that may create roles and grant pg_read_all_stats:
--
--   psql -v owner_password=... -v intake_password=... -v payment_password=... -v fulfillment_password=... \
--        -v readonly_password=... -f roles.sql
--
-- Time-outs live here because they are then free for every call; a SET per transaction costs a round trip.

\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['fsft_owner', 'intake_rw', 'payment_rw', 'fulfillment_rw', 'fsft_readonly']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE fsft_owner     NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE intake_rw      NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'intake_password';
ALTER ROLE payment_rw     NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'payment_password';
ALTER ROLE fulfillment_rw NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'fulfillment_password';
ALTER ROLE fsft_readonly  NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'readonly_password';

-- The programs read times as text: one zone and one format, whatever the server's defaults are.
SELECT format('ALTER ROLE %I SET %s', name, setting)
FROM unnest(ARRAY['intake_rw', 'payment_rw', 'fulfillment_rw']) AS name
CROSS JOIN unnest(ARRAY[
    'timezone = ''UTC''',
    'datestyle = ''ISO''',
    'statement_timeout = ''10s''',
    'lock_timeout = ''5s''',
    'idle_in_transaction_session_timeout = ''15s''']) AS setting
\gexec

-- For the function payment.server_numbers, which tells operators of snapshots that are kept for too long, whoever keeps
-- them. The programs do not see what others do.
GRANT pg_read_all_stats TO fsft_owner;

ALTER ROLE fsft_readonly SET default_transaction_read_only = on;
ALTER ROLE fsft_readonly SET statement_timeout = '60s';
