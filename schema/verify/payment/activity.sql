-- Verify payment/activity
BEGIN;
SELECT 1 / (to_regclass('payment.audit_log_at') IS NOT NULL)::int;
ROLLBACK;
