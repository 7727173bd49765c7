-- Revert payment/final_at
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP FUNCTION payment.final_at(text, bigint, bigint, text, timestamptz, timestamptz, timestamptz);
COMMIT;
