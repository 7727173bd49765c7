-- Verify payment/delivery_times
BEGIN;
SELECT delivered_at, returned_at FROM payment.payments WHERE false;
ROLLBACK;
