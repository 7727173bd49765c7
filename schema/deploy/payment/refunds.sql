-- Deploy payment/refunds: money that goes back, by us or by others, and money that is disputed.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- One row is one refund: of an operator, who asks us, or of Stripe's dashboard, which tells us afterwards.
CREATE TABLE payment.refunds (
    refund_id        uuid PRIMARY KEY,
    payment_id       uuid NOT NULL REFERENCES payment.payments,
    origin           text NOT NULL CONSTRAINT refunds_origin CHECK (origin IN ('operator', 'stripe')),
    -- requested: reserved here, and the letter is being held. held: nothing is mailed any more, or it is out of the
    -- door; Stripe may have been asked. submitted: Stripe has taken it. Then succeeded or failed, and a success may fail
    -- later.
    state            text NOT NULL CONSTRAINT refunds_state
                     CHECK (state IN ('requested', 'held', 'submitted', 'succeeded', 'failed')),
    amount_cents     bigint NOT NULL CONSTRAINT refunds_amount CHECK (amount_cents > 0),
    -- All that there is: Stripe is asked without an amount, because what came may not be what was asked for.
    is_whole         boolean NOT NULL DEFAULT false,
    -- A code of Stripe's: duplicate, fraudulent, requested_by_customer; or other.
    reason           text NOT NULL DEFAULT '',
    -- An operator's decision to give the money back although the letter may have been mailed.
    is_forced        boolean NOT NULL DEFAULT false,
    -- The letter had been mailed when it was asked for: it is given in addition to the letter, not instead of it.
    is_after_mailing boolean NOT NULL DEFAULT false,
    actor            text NOT NULL,
    -- SHA-256 of the operator's Idempotency-Key and of the request's body; the key counts until it expires.
    request_key      bytea CONSTRAINT refunds_request UNIQUE,
    request_digest   bytea,
    request_expires_at timestamptz,
    stripe_refund_id text CONSTRAINT refunds_stripe UNIQUE,
    -- Why it failed: a code of Stripe's or of ours.
    failure          text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    -- The first time that Stripe was asked; its idempotency key is good for a day.
    posted_at        timestamptz,
    settled_at       timestamptz,
    -- When the worker is to look at it; while it is claimed, the end of the lease. claim is the fencing token.
    next_at          timestamptz NOT NULL DEFAULT now(),
    claim            bigint NOT NULL DEFAULT 0,
    failures         integer NOT NULL DEFAULT 0,
    CONSTRAINT refunds_at_stripe CHECK (state NOT IN ('submitted', 'succeeded') OR stripe_refund_id IS NOT NULL),
    CONSTRAINT refunds_settled CHECK ((state IN ('succeeded', 'failed')) = (settled_at IS NOT NULL)),
    CONSTRAINT refunds_failure CHECK ((state = 'failed') = (failure <> ''))
);
CREATE INDEX refunds_payment ON payment.refunds (payment_id);
CREATE INDEX refunds_due ON payment.refunds (next_at) WHERE state IN ('requested', 'held', 'submitted');
CREATE INDEX refunds_failed ON payment.refunds (updated_at DESC, refund_id DESC) WHERE state = 'failed';
CREATE INDEX refunds_newest ON payment.refunds (created_at DESC, refund_id DESC);

CREATE TABLE payment.disputes (
    stripe_dispute_id text PRIMARY KEY,
    payment_id        uuid NOT NULL REFERENCES payment.payments,
    -- An inquiry is a question of the bank's and takes no money; dismissed is an inquiry that ended as one.
    state             text NOT NULL CONSTRAINT disputes_state
                      CHECK (state IN ('inquiry', 'open', 'won', 'lost', 'dismissed')),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX disputes_payment ON payment.disputes (payment_id);
CREATE INDEX disputes_newest ON payment.disputes (created_at DESC, stripe_dispute_id DESC);

ALTER TABLE payment.payments
    -- The most that Stripe has ever said to have been given back of the charge, whoever did it. refunded_cents is made
    -- of this and of the refunds that are known one by one.
    ADD COLUMN charge_refunded_cents bigint NOT NULL DEFAULT 0
               CONSTRAINT payments_charge_refunded CHECK (charge_refunded_cents >= 0);
UPDATE payment.payments SET charge_refunded_cents = refunded_cents WHERE refunded_cents > 0;

-- What the money of a payment adds up to. Reads the refunds and disputes as they are, so whoever writes what it answers
-- holds the payment's lock since before the statement began. The same whatever the order was in which Stripe told it:
-- refunds that failed were counted in the charge's sum once, and what is reserved may be in it already.
CREATE FUNCTION payment.balance_of(payment_id uuid, amount bigint, charge_refunded bigint,
                                   OUT refunded bigint, OUT reserved bigint, OUT dispute text)
LANGUAGE sql STABLE AS $$
    SELECT least(amount - sums.reserved, greatest(charge_refunded - sums.failed, sums.settled)), sums.reserved,
           (SELECT CASE WHEN bool_or(d.state = 'lost') THEN 'lost' WHEN bool_or(d.state = 'open') THEN 'open'
                        WHEN bool_or(d.state = 'inquiry') THEN 'inquiry' WHEN bool_or(d.state = 'won') THEN 'won'
                        ELSE 'none' END
            FROM payment.disputes d WHERE d.payment_id = balance_of.payment_id)
    FROM (SELECT CAST(coalesce(sum(r.amount_cents) FILTER (WHERE r.origin = 'operator'
                               AND r.state IN ('requested', 'held', 'submitted')), 0) AS bigint) AS reserved,
                 CAST(coalesce(sum(r.amount_cents) FILTER (WHERE r.state = 'succeeded'
                               OR r.origin = 'stripe' AND r.state = 'submitted'), 0) AS bigint) AS settled,
                 CAST(coalesce(sum(r.amount_cents) FILTER (WHERE r.state = 'failed'
                               AND r.stripe_refund_id IS NOT NULL), 0) AS bigint) AS failed
          FROM payment.refunds r WHERE r.payment_id = balance_of.payment_id) AS sums
$$;

-- What an event was about, where that is no checkout session: a refund or a dispute, and how it stood.
ALTER TABLE payment.stripe_events
    ADD COLUMN object_id     text,
    ADD COLUMN object_status text,
    -- Who brought it: Stripe's webhook, Stripe's list of events, or our own look at the session.
    ADD COLUMN source        text NOT NULL DEFAULT 'webhook' CONSTRAINT stripe_events_source
               CHECK (source IN ('webhook', 'list', 'check'));
-- Disputes, and refunds from the dashboard, name nothing but the payment intent.
ALTER TABLE payment.unmatched_events ADD COLUMN payment_intent text;
CREATE INDEX unmatched_events_intent ON payment.unmatched_events (payment_intent) WHERE payment_intent IS NOT NULL;

-- For operators' lists: what waits for a decision.
CREATE INDEX payments_review ON payment.payments (updated_at DESC, payment_id DESC) WHERE state = 'review';
CREATE INDEX payments_held ON payment.payments (updated_at DESC, payment_id DESC) WHERE hold;
CREATE INDEX payments_refunded_after_mailing ON payment.payments (updated_at DESC, payment_id DESC)
    WHERE refunded_cents > 0 AND mailed_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON payment.refunds TO payment_rw;
GRANT SELECT, INSERT, UPDATE ON payment.disputes TO payment_rw;
GRANT EXECUTE ON FUNCTION payment.balance_of TO payment_rw;
GRANT SELECT ON payment.refunds, payment.disputes TO fsft_readonly;

COMMIT;
