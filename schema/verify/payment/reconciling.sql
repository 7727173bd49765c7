-- Verify payment/reconciling
BEGIN;
SELECT next_check_at, checks, check_claim FROM payment.payments WHERE false;
SELECT 1 / count(*) FROM payment.event_cursor WHERE claim >= 0 AND failures >= 0 AND next_at IS NOT NULL AND read_to IS NOT NULL;
ROLLBACK;
