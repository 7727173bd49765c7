-- Deploy payment/unmatched_events: what Stripe told of payments that are not known here, or not yet.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- A row goes when its event has found its payment; the event itself stays in stripe_events. A small table of its own,
-- because every change of a payment looks here, and stripe_events has a partition for every month.
CREATE TABLE payment.unmatched_events (
    event_id    text PRIMARY KEY,
    created_at  timestamptz NOT NULL,
    payment_id  uuid,
    session_id  text,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX unmatched_events_payment ON payment.unmatched_events (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX unmatched_events_session ON payment.unmatched_events (session_id) WHERE session_id IS NOT NULL;

INSERT INTO payment.unmatched_events (event_id, created_at, payment_id, session_id, received_at)
SELECT event_id, created_at, payment_id, session_id, received_at FROM payment.stripe_events WHERE outcome = 'unmatched'
ON CONFLICT DO NOTHING;

GRANT SELECT, INSERT, DELETE ON payment.unmatched_events TO payment_rw;
GRANT SELECT ON payment.unmatched_events TO fsft_readonly;

COMMIT;
