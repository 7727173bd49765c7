-- Verify fulfillment/waiting_events
BEGIN;
SELECT 1 / (to_regclass('fulfillment.unmatched_lob_events_age') IS NOT NULL)::int;
ROLLBACK;
