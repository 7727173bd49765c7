-- Deploy payment/check_times: no payment is forgotten, and none is asked about too often.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE payment.payments
    -- Programs that do not set it yet open payments too.
    ALTER COLUMN next_check_at SET DEFAULT now() + interval '5 minutes',
    -- When Stripe was last asked about it, by whomever.
    ADD COLUMN checked_at timestamptz;
UPDATE payment.payments SET next_check_at = now() WHERE state = 'pending' AND next_check_at IS NULL;

COMMIT;
