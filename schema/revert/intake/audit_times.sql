-- Revert intake/audit_times
BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE intake.audit_log ALTER COLUMN at SET DEFAULT now();
COMMIT;
