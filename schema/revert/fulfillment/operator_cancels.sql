-- Revert fulfillment/operator_cancels
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX fulfillment.letters_stopped_by_operators;
ALTER TABLE fulfillment.letters DROP COLUMN stopped_by, DROP COLUMN stopped_at, DROP COLUMN payment_want;
COMMIT;
