-- Verify payment/reports
BEGIN;
SELECT 1 / (count(*) = 8)::int FROM pg_indexes
WHERE schemaname = 'payment'
  AND indexname IN ('payments_review', 'payments_held', 'payments_refunded_after_mailing', 'payments_created',
                    'payments_unmailed', 'refunds_open', 'refunds_of_failed', 'disputes_open');
ROLLBACK;
