-- Deploy payment/payments: one row is one Stripe checkout session. No personal data at all.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE TABLE payment.payments (
    payment_id            uuid PRIMARY KEY,
    intake_id             uuid NOT NULL REFERENCES intake.intakes,
    draft_id              uuid NOT NULL REFERENCES intake.drafts,
    content_sha256        bytea NOT NULL CONSTRAINT payments_sha256 CHECK (length(content_sha256) = 32),
    state                 text NOT NULL CONSTRAINT payments_state
                          CHECK (state IN ('pending', 'paid', 'expired', 'failed', 'review', 'refunded')),
    -- Grows with every change that fulfillment or intake must hear of.
    version               bigint NOT NULL DEFAULT 1,
    appeal_type           text NOT NULL CONSTRAINT payments_appeal_type CHECK (appeal_type IN ('standard', 'certified')),
    amount_cents          bigint NOT NULL CONSTRAINT payments_amount CHECK (amount_cents > 0),
    currency              char(3) NOT NULL CONSTRAINT payments_currency CHECK (currency ~ '^[a-z]{3}$'),
    -- Every parameter of the Stripe request: a repeat must send the same bytes, whatever the configuration is by then.
    product_name          text NOT NULL,
    success_url           text NOT NULL,
    cancel_url            text NOT NULL,
    session_expires_at    timestamptz NOT NULL,
    stripe_session_id     text CONSTRAINT payments_session UNIQUE,
    checkout_url          text,
    stripe_payment_intent text,
    stripe_customer_id    text,
    receipt_url           text,
    refunded_cents        bigint NOT NULL DEFAULT 0
                          CONSTRAINT payments_refunded CHECK (refunded_cents BETWEEN 0 AND amount_cents),
    refund_reserved_cents bigint NOT NULL DEFAULT 0 CONSTRAINT payments_reserved
                          CHECK (refund_reserved_cents >= 0 AND refunded_cents + refund_reserved_cents <= amount_cents),
    dispute               text NOT NULL DEFAULT 'none' CONSTRAINT payments_dispute
                          CHECK (dispute IN ('none', 'inquiry', 'open', 'won', 'lost')),
    -- Set by an operator, or by a refund that failed: nothing is mailed.
    hold                  boolean NOT NULL DEFAULT false,
    -- What fulfillment last told; the order's read model.
    delivery_state        text CONSTRAINT payments_delivery_state
                          CHECK (delivery_state IN ('queued', 'sending', 'mailed', 'in_transit', 'delivered', 'returned',
                                                    'outcome_unknown', 'dead_letter', 'failed_at_printer', 'cancelling',
                                                    'cancelled')),
    delivery_version      bigint NOT NULL DEFAULT 0,
    letter_id             text,
    tracking_number       text,
    expected_delivery     date,
    mailed_at             timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    paid_at               timestamptz,
    ended_at              timestamptz,
    CONSTRAINT payments_paid_at CHECK (state NOT IN ('paid', 'refunded') OR paid_at IS NOT NULL),
    CONSTRAINT payments_ended_at CHECK ((state IN ('expired', 'failed')) = (ended_at IS NOT NULL)),
    CONSTRAINT payments_mailed_at CHECK (delivery_state NOT IN ('mailed', 'in_transit', 'delivered', 'returned')
                                         OR mailed_at IS NOT NULL)
);
-- One open and one paid payment for a draft: twins of a checkout meet on the first, twins of a webhook on the second.
CREATE UNIQUE INDEX payments_one_open ON payment.payments (draft_id) WHERE state = 'pending';
CREATE UNIQUE INDEX payments_one_paid ON payment.payments (draft_id) WHERE state = 'paid';
CREATE INDEX payments_draft ON payment.payments (draft_id);
CREATE INDEX payments_intake ON payment.payments (intake_id);
CREATE INDEX payments_intent ON payment.payments (stripe_payment_intent) WHERE stripe_payment_intent IS NOT NULL;

-- The letter that an order in this state must have. The only place that decides it.
CREATE FUNCTION payment.want(state text, amount bigint, refunded bigint, reserved bigint, dispute text, hold boolean)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state IN ('pending', 'expired', 'failed', 'refunded') THEN 'cancel'
        WHEN refunded >= amount OR dispute = 'lost' THEN 'cancel'
        WHEN state = 'review' OR hold OR reserved > 0 OR dispute IN ('inquiry', 'open') THEN 'hold'
        ELSE 'mail'
    END
$$;

-- What Stripe told, in ids and amounts; never the payload. created_at is Stripe's own time of the event, so a repeated
-- delivery meets its first one in the same partition.
CREATE TABLE payment.stripe_events (
    event_id       text NOT NULL,
    created_at     timestamptz NOT NULL,
    type           text NOT NULL,
    outcome        text NOT NULL CONSTRAINT stripe_events_outcome
                   CHECK (outcome IN ('processed', 'duplicate', 'unmatched', 'ignored', 'rejected')),
    payment_id     uuid,
    session_id     text,
    payment_intent text,
    amount_cents   bigint,
    currency       text,
    livemode       boolean NOT NULL,
    received_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE payment.stripe_events_default PARTITION OF payment.stripe_events DEFAULT;
SELECT maintenance.create_month_partitions('payment.stripe_events', 24);
CREATE INDEX stripe_events_received ON payment.stripe_events (received_at);
CREATE INDEX stripe_events_unmatched ON payment.stripe_events (received_at) WHERE outcome = 'unmatched';

-- "This order changed; tell that service." The row says no more: the relay sends the order as it stands then.
-- next_at is when it is due; while it is claimed, the end of the lease. claim is the fencing token.
CREATE TABLE payment.outbox (
    payment_id uuid NOT NULL,
    target     text NOT NULL CONSTRAINT outbox_target CHECK (target IN ('fulfillment', 'intake')),
    version    bigint NOT NULL,
    next_at    timestamptz NOT NULL DEFAULT now(),
    claim      bigint NOT NULL DEFAULT 0,
    failures   integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (payment_id, target)
);
CREATE INDEX outbox_due ON payment.outbox (target, next_at);

CREATE TABLE payment.audit_log (
    at         timestamptz NOT NULL DEFAULT now(),
    payment_id uuid NOT NULL,
    actor      text NOT NULL,
    action     text NOT NULL,
    from_state text,
    to_state   text NOT NULL,
    version    bigint NOT NULL,
    reason     text NOT NULL DEFAULT ''
) PARTITION BY RANGE (at);
CREATE TABLE payment.audit_log_default PARTITION OF payment.audit_log DEFAULT;
SELECT maintenance.create_month_partitions('payment.audit_log', 24);
CREATE INDEX audit_log_payment ON payment.audit_log (payment_id, at);

GRANT SELECT, INSERT, UPDATE ON payment.payments TO payment_rw;
GRANT SELECT, INSERT, UPDATE ON payment.stripe_events TO payment_rw;
GRANT SELECT, INSERT, UPDATE, DELETE ON payment.outbox TO payment_rw;
GRANT SELECT, INSERT ON payment.audit_log TO payment_rw;
GRANT SELECT ON payment.payments, payment.stripe_events, payment.outbox, payment.audit_log TO fsft_readonly;
GRANT EXECUTE ON FUNCTION payment.want TO payment_rw, fsft_readonly;

COMMIT;
