-- Revert intake/step_flow. Refuses while there are intakes without a city: they could not be kept.
BEGIN;
SET LOCAL lock_timeout = '5s';
DELETE FROM intake.request_keys WHERE draft_id IS NULL;
ALTER TABLE intake.request_keys ALTER COLUMN draft_id SET NOT NULL;
DROP INDEX intake.intakes_payment;
ALTER TABLE intake.intakes
    DROP CONSTRAINT intakes_place,
    ALTER COLUMN city_id SET NOT NULL,
    ALTER COLUMN section_id SET NOT NULL,
    DROP COLUMN revision;
COMMIT;
