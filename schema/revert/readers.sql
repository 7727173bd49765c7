-- Revert readers
BEGIN;
SET LOCAL lock_timeout = '5s';
REVOKE SELECT ON sqitch.changes FROM intake_rw, payment_rw, fulfillment_rw;
REVOKE USAGE ON SCHEMA sqitch FROM intake_rw, payment_rw, fulfillment_rw;
COMMIT;
