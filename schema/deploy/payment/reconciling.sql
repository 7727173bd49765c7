-- Deploy payment/reconciling: what is asked of Stripe when no webhook tells it.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE payment.payments
    -- When a pending payment is to be looked up at Stripe next; while it is claimed, the end of the lease.
    ADD COLUMN next_check_at timestamptz,
    ADD COLUMN checks        integer NOT NULL DEFAULT 0,
    -- The fencing token of a claim.
    ADD COLUMN check_claim   bigint NOT NULL DEFAULT 0;
UPDATE payment.payments SET next_check_at = now() WHERE state = 'pending';
-- Only what may still be paid is in it.
CREATE INDEX payments_check_due ON payment.payments (next_check_at) WHERE state = 'pending';

-- How far Stripe's list of events has been read. One row; next_at is when it is due, and the end of the lease.
CREATE TABLE payment.event_cursor (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT event_cursor_only_row CHECK (only_row),
    read_to  timestamptz NOT NULL DEFAULT now() - interval '29 days',
    next_at  timestamptz NOT NULL DEFAULT now(),
    claim    bigint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0
);
INSERT INTO payment.event_cursor DEFAULT VALUES;

GRANT SELECT, UPDATE ON payment.event_cursor TO payment_rw;
GRANT SELECT ON payment.event_cursor TO fsft_readonly;

COMMIT;
