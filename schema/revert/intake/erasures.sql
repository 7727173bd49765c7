-- Revert intake/erasures. Erased photographs go with their rows: without their bytes they are nothing.
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP TABLE intake.erasures;
REVOKE UPDATE (image_sealed, caption_sealed) ON intake.exhibits FROM intake_rw;
DELETE FROM intake.exhibits WHERE image_sealed IS NULL;
ALTER TABLE intake.exhibits ALTER COLUMN image_sealed SET NOT NULL;
ALTER TABLE intake.intakes DROP COLUMN erasable_from, DROP COLUMN erased_at;
COMMIT;
