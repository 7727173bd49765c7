-- Verify fulfillment/erasures: the cursor is one row, and letters are found by intake and by key.
BEGIN;
SELECT 1 / (count(*) = 1)::int FROM fulfillment.erasure_cursor;
SELECT 1 / (to_regclass('fulfillment.letters_intake') IS NOT NULL)::int;
SELECT 1 / (to_regclass('fulfillment.letters_data_key') IS NOT NULL)::int;
ROLLBACK;
