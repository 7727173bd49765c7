-- Revert fulfillment/erasures
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP TABLE fulfillment.erasure_cursor;
DROP INDEX fulfillment.letters_data_key;
DROP INDEX fulfillment.letters_intake;
COMMIT;
