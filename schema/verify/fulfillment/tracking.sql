-- Verify fulfillment/tracking: the columns and tables stand, and the service cannot rewrite what it was told.
BEGIN;
SELECT delivered_at, returned_at, moved_at FROM fulfillment.letters WHERE false;
SELECT event_id, created_at, type, outcome, letter_id, payment_id, received_at FROM fulfillment.lob_events WHERE false;
SELECT event_id, created_at, letter_id, received_at FROM fulfillment.unmatched_lob_events WHERE false;
SELECT 1 / (to_regclass('fulfillment.letters_moved') IS NOT NULL AND to_regclass('fulfillment.letters_listed') IS NOT NULL)::int;
SELECT 1 / (NOT has_table_privilege('fulfillment_rw', 'fulfillment.lob_events', 'update, delete, truncate'))::int;
ROLLBACK;
