-- Verify fulfillment/notifications: the table and the trigger stand, and what is intended cannot be rewritten.
BEGIN;
SELECT payment_id, kind, state, reason, next_at, claim, failures, created_at, sent_at
FROM fulfillment.notifications WHERE false;
SELECT amount_cents, currency, refunded_cents FROM fulfillment.letters WHERE false;
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'intend_notifications' AND tgrelid = to_regclass('fulfillment.letters');
SELECT 1 / (NOT has_column_privilege('fulfillment_rw', 'fulfillment.notifications', 'kind', 'update'))::int;
ROLLBACK;
