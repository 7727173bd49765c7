-- Deploy intake/paid_citations: finds the paid letters about a citation, however many were begun about it.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- Every new appeal asks it. Whoever begins a thousand appeals about one citation and pays for none does not slow it down.
CREATE INDEX intakes_paid_citation ON intake.intakes (citation_hmac, paid_at)
WHERE citation_hmac IS NOT NULL AND paid_at IS NOT NULL;

COMMIT;
