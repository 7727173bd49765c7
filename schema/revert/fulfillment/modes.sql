-- Revert fulfillment/modes
BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE fulfillment.letters DROP COLUMN livemode;
COMMIT;
