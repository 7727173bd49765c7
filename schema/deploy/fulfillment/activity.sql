-- Deploy fulfillment/activity: what happened last to any of the letters, for operators.
BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE INDEX audit_log_at ON fulfillment.audit_log (at);
COMMIT;
