-- Verify fulfillment/activity
BEGIN;
SELECT 1 / (to_regclass('fulfillment.audit_log_at') IS NOT NULL)::int;
ROLLBACK;
