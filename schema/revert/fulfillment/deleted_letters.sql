-- Revert fulfillment/deleted_letters
BEGIN;
SET LOCAL lock_timeout = '5s';
REVOKE DELETE ON fulfillment.letters FROM fulfillment_rw;
DROP INDEX fulfillment.letters_age;
DROP TABLE fulfillment.deleted_letters;
COMMIT;
