-- Verify fulfillment/modes
BEGIN;
SELECT livemode FROM fulfillment.letters WHERE false;
ROLLBACK;
