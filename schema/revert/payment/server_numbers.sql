-- Revert payment/server_numbers
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP FUNCTION payment.server_numbers;
COMMIT;
