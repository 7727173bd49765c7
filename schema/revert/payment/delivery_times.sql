-- Revert payment/delivery_times
BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE payment.payments DROP COLUMN returned_at, DROP COLUMN delivered_at;
COMMIT;
