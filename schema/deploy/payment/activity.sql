-- Deploy payment/activity: what happened last to any of the payments, for operators.
BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE INDEX audit_log_at ON payment.audit_log (at);
COMMIT;
