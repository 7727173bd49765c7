-- Deploy readers: each service may see which changes are deployed, so that its next version waits for its schema.
BEGIN;
SET LOCAL lock_timeout = '5s';
GRANT USAGE ON SCHEMA sqitch TO intake_rw, payment_rw, fulfillment_rw;
GRANT SELECT ON sqitch.changes TO intake_rw, payment_rw, fulfillment_rw;
COMMIT;
