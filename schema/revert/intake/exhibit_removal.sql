-- Revert intake/exhibit_removal. What was removed goes for good: the older schema cannot hide it.
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX intake.request_keys_exhibit;
REVOKE UPDATE (position, removed_at) ON intake.exhibits FROM intake_rw;
DELETE FROM intake.exhibits WHERE removed_at IS NOT NULL;
ALTER TABLE intake.exhibits
    DROP COLUMN removed_at,
    ALTER COLUMN position SET NOT NULL,
    DROP CONSTRAINT exhibits_place,
    ADD CONSTRAINT exhibits_place UNIQUE (intake_id, position);
COMMIT;
