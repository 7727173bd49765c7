-- Deploy fulfillment/waiting_events: the order in which events that wait for a letter are forgotten.
BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE INDEX unmatched_lob_events_age ON fulfillment.unmatched_lob_events (received_at, event_id);
COMMIT;
