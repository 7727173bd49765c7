-- Revert fulfillment/waiting_events
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX fulfillment.unmatched_lob_events_age;
COMMIT;
