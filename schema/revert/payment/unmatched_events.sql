-- Revert payment/unmatched_events
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP TABLE payment.unmatched_events;
COMMIT;
