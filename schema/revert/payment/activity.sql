-- Revert payment/activity
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX payment.audit_log_at;
COMMIT;
