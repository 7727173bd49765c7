-- Revert fulfillment/activity
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX fulfillment.audit_log_at;
COMMIT;
