-- Deploy fulfillment/modes: whether an order is about real money and real letters, so that no key of the other kind
-- touches it.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- As payment told, or as the key that the letter was first posted with; null: neither yet.
ALTER TABLE fulfillment.letters ADD COLUMN livemode boolean;

-- Stripe's ids of sessions say it.
UPDATE fulfillment.letters l
SET livemode = starts_with(p.stripe_session_id, 'cs_live_')
FROM payment.payments p
WHERE p.payment_id = l.payment_id
  AND (starts_with(p.stripe_session_id, 'cs_live_') OR starts_with(p.stripe_session_id, 'cs_test_'));

GRANT SELECT (livemode) ON fulfillment.letters TO fsft_readonly;

COMMIT;
