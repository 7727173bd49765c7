-- Revert fulfillment/mailing_rule
BEGIN;
DROP TABLE fulfillment.mailing_pauses;
DROP INDEX fulfillment.letters_accepted;
DROP INDEX fulfillment.letters_followed;
ALTER TABLE fulfillment.letters DROP COLUMN misses, DROP COLUMN missed_at;
COMMIT;
