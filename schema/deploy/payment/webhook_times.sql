-- Deploy payment/webhook_times: when the last webhook came, without a walk over what was read on Stripe's list since then.
BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE INDEX stripe_events_webhooks ON payment.stripe_events (received_at) WHERE source = 'webhook';
COMMIT;
