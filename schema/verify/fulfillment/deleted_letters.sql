-- Verify fulfillment/deleted_letters: the service can delete a letter, and cannot forget that there was one.
BEGIN;
SELECT payment_id FROM fulfillment.deleted_letters WHERE false;
SELECT 1 / (to_regclass('fulfillment.letters_age') IS NOT NULL)::int;
SELECT 1 / (has_table_privilege('fulfillment_rw', 'fulfillment.letters', 'delete'))::int;
SELECT 1 / (NOT has_table_privilege('fulfillment_rw', 'fulfillment.deleted_letters', 'update, delete, truncate'))::int;
ROLLBACK;
