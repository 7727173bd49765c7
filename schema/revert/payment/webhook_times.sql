-- Revert payment/webhook_times
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX payment.stripe_events_webhooks;
COMMIT;
