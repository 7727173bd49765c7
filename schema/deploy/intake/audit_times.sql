-- Deploy intake/audit_times: the time of a row is when it was written, under the lock on its intake.
BEGIN;
SET LOCAL lock_timeout = '5s';
-- now() is when the statement began. One that waited for another's lock began before that one wrote, and its row would
-- stand before a row that it goes on from.
ALTER TABLE intake.audit_log ALTER COLUMN at SET DEFAULT clock_timestamp();
COMMIT;
