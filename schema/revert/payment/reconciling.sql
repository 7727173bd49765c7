-- Revert payment/reconciling
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP TABLE payment.event_cursor;
ALTER TABLE payment.payments DROP COLUMN check_claim, DROP COLUMN checks, DROP COLUMN next_check_at;
COMMIT;
