-- Revert fulfillment/tracking
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP TABLE fulfillment.unmatched_lob_events;
DROP TABLE fulfillment.lob_events;
CREATE INDEX letters_state ON fulfillment.letters (state, updated_at) WHERE state NOT IN ('delivered', 'cancelled');
DROP INDEX fulfillment.letters_listed, fulfillment.letters_moved;
ALTER TABLE fulfillment.letters DROP COLUMN moved_at, DROP COLUMN returned_at, DROP COLUMN delivered_at;
COMMIT;
