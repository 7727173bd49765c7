-- Verify payment/unused_indexes
BEGIN;
SELECT 1 / (count(*) = 0)::int FROM pg_indexes
WHERE schemaname = 'payment' AND indexname IN ('refunds_failed', 'refunds_newest', 'disputes_newest');
ROLLBACK;
