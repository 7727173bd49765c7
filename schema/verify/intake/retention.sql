-- Verify intake/retention: each index is there, or the division fails.
BEGIN;
SELECT 1 / (count(*) = 3)::int FROM pg_indexes
WHERE schemaname = 'intake' AND indexname IN ('intakes_unpaid_age', 'intakes_paid_age', 'support_requests_age');
ROLLBACK;
