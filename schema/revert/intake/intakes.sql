-- Revert intake/intakes
BEGIN;
DROP TABLE intake.audit_log;
DROP TABLE intake.request_keys;
DROP TABLE intake.drafts;
DROP TABLE intake.intakes;
COMMIT;
