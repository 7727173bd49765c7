-- Verify payment/check_times
BEGIN;
SELECT checked_at FROM payment.payments WHERE false;
SELECT 1 / count(*) FROM information_schema.columns
WHERE table_schema = 'payment' AND table_name = 'payments' AND column_name = 'next_check_at' AND column_default IS NOT NULL;
ROLLBACK;
