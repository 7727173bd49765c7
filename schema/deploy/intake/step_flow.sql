-- Deploy intake/step_flow: appeals that are made step by step, and changed until they are paid for.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE intake.intakes
    -- Grows with every change by the customer: of two at the same time, the second one sees that it must look again.
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    -- Not known before the appeal is complete.
    ALTER COLUMN city_id DROP NOT NULL,
    ALTER COLUMN section_id DROP NOT NULL,
    ADD CONSTRAINT intakes_place CHECK ((city_id IS NULL) = (section_id IS NULL)
                                        AND (state IN ('draft', 'abandoned') OR city_id IS NOT NULL));
-- Operators look for a payment's intake.
CREATE INDEX intakes_payment ON intake.intakes (payment_id) WHERE payment_id IS NOT NULL;

-- A request that begins an intake makes no draft yet.
ALTER TABLE intake.request_keys ALTER COLUMN draft_id DROP NOT NULL;

GRANT SELECT (revision) ON intake.intakes TO fsft_readonly;

COMMIT;
