-- Revert intake/support_requests
BEGIN;
SET LOCAL lock_timeout = '5s';
DELETE FROM intake.request_keys WHERE intake_id IS NULL;
ALTER TABLE intake.request_keys DROP COLUMN support_id, ALTER COLUMN intake_id SET NOT NULL;
DROP TABLE intake.support_requests;
COMMIT;
