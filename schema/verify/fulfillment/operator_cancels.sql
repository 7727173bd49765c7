-- Verify fulfillment/operator_cancels
BEGIN;
SELECT stopped_by, stopped_at, payment_want FROM fulfillment.letters WHERE false;
SELECT 1 / count(*) FROM pg_constraint WHERE conname = 'letters_stopped' AND conrelid = to_regclass('fulfillment.letters');
SELECT 1 / (to_regclass('fulfillment.letters_stopped_by_operators') IS NOT NULL)::int;
ROLLBACK;
