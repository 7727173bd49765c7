-- Verify payment/final_at: a delivered order is history, a waiting one is not.
BEGIN;
SELECT 1 / (payment.final_at('paid', 989, 0, 'delivered', now(), NULL, now()) IS NOT NULL)::int;
SELECT 1 / (payment.final_at('paid', 989, 0, 'queued', NULL, NULL, now()) IS NULL)::int;
ROLLBACK;
