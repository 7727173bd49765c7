-- Revert intake/paid_citations
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX intake.intakes_paid_citation;
COMMIT;
