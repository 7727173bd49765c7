-- Verify intake/audit_times
BEGIN;
SELECT 1 / (column_default = 'clock_timestamp()')::int FROM information_schema.columns
WHERE table_schema = 'intake' AND table_name = 'audit_log' AND column_name = 'at';
ROLLBACK;
