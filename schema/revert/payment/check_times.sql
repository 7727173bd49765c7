-- Revert payment/check_times
BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE payment.payments DROP COLUMN checked_at, ALTER COLUMN next_check_at DROP DEFAULT;
COMMIT;
