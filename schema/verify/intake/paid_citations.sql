-- Verify intake/paid_citations: the index stands.
BEGIN;
SELECT 1 / (to_regclass('intake.intakes_paid_citation') IS NOT NULL)::int;
ROLLBACK;
