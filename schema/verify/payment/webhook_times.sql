-- Verify payment/webhook_times
BEGIN;
SELECT 1 / (to_regclass('payment.stripe_events_webhooks') IS NOT NULL)::int;
ROLLBACK;
