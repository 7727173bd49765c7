-- Verify intake/step_flow: an intake has its revision, and may be without a city.
BEGIN;
SELECT revision FROM intake.intakes WHERE false;
SELECT 1 / (NOT attnotnull)::int FROM pg_attribute
WHERE attrelid = 'intake.intakes'::regclass AND attname = 'city_id';
SELECT 1 / (to_regclass('intake.intakes_payment') IS NOT NULL)::int;
ROLLBACK;
