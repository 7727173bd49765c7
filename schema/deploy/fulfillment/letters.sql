-- Deploy fulfillment/letters: one row per payment is one letter. The columns of the mailing rule are here from the start.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE TABLE fulfillment.letters (
    payment_id        uuid PRIMARY KEY REFERENCES payment.payments,
    intake_id         uuid NOT NULL,
    draft_id          uuid NOT NULL,
    -- What was paid for; the submission that is printed must have this hash.
    content_sha256    bytea NOT NULL CONSTRAINT letters_sha256 CHECK (length(content_sha256) = 32),
    appeal_type       text NOT NULL CONSTRAINT letters_appeal_type CHECK (appeal_type IN ('standard', 'certified')),
    -- The newest word from payment.
    want              text NOT NULL CONSTRAINT letters_want CHECK (want IN ('mail', 'hold', 'cancel')),
    order_version     bigint NOT NULL,
    state             text NOT NULL CONSTRAINT letters_state
                      CHECK (state IN ('queued', 'sending', 'mailed', 'in_transit', 'delivered', 'returned',
                                       'outcome_unknown', 'dead_letter', 'failed_at_printer', 'cancelling', 'cancelled')),
    -- Our own version, which payment compares; grows with every change of state.
    version           bigint NOT NULL DEFAULT 1,
    -- A code for operators: why it is dead, unknown or failed.
    reason            text NOT NULL DEFAULT '',
    -- The printer's Idempotency-Key is payment_id:generation.
    generation        integer NOT NULL DEFAULT 1 CONSTRAINT letters_generation CHECK (generation > 0),
    -- POSTs of this generation so far.
    attempt           integer NOT NULL DEFAULT 0 CONSTRAINT letters_attempt CHECK (attempt >= 0),
    -- Since when a POST may have been accepted without our knowing; null while every POST had a clear answer.
    unsure_since      timestamptz,
    last_post_at      timestamptz,
    -- When the worker is to look at it; while it is claimed, the end of the lease. claim is the fencing token.
    next_at           timestamptz NOT NULL DEFAULT now(),
    claim             bigint NOT NULL DEFAULT 0,
    failures          integer NOT NULL DEFAULT 0,
    -- The letter as typeset once; every attempt and letter.pdf use these bytes.
    pdf_sealed        bytea,
    pdf_sha256        bytea CONSTRAINT letters_pdf_sha256 CHECK (length(pdf_sha256) = 32),
    data_key          bytea,
    data_key_id       text,
    lob_letter_id     text CONSTRAINT letters_lob_id UNIQUE,
    tracking_number   text,
    expected_delivery date,
    paid_at           timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    mailed_at         timestamptz,
    CONSTRAINT letters_pdf_whole CHECK ((pdf_sealed IS NULL) = (data_key IS NULL) AND (pdf_sealed IS NULL) = (data_key_id IS NULL)
                                        AND (pdf_sealed IS NULL OR pdf_sha256 IS NOT NULL)),
    CONSTRAINT letters_sending CHECK (state <> 'sending' OR (last_post_at IS NOT NULL AND attempt > 0 AND pdf_sha256 IS NOT NULL)),
    CONSTRAINT letters_unsure CHECK (unsure_since IS NULL OR last_post_at IS NOT NULL),
    CONSTRAINT letters_unknown CHECK (state <> 'outcome_unknown' OR unsure_since IS NOT NULL),
    CONSTRAINT letters_mailed CHECK (state NOT IN ('mailed', 'in_transit', 'delivered', 'returned', 'failed_at_printer')
                                     OR (lob_letter_id IS NOT NULL AND mailed_at IS NOT NULL)),
    CONSTRAINT letters_dead CHECK (state NOT IN ('dead_letter', 'failed_at_printer') OR reason <> '')
);
-- The mailing queue: only what may still be mailed is in it, so it stays small whatever the history is.
CREATE INDEX letters_due ON fulfillment.letters (next_at) WHERE state IN ('queued', 'sending') AND want = 'mail';
CREATE INDEX letters_state ON fulfillment.letters (state, updated_at) WHERE state NOT IN ('delivered', 'cancelled');

CREATE TABLE fulfillment.outbox (
    payment_id uuid NOT NULL,
    target     text NOT NULL CONSTRAINT outbox_target CHECK (target = 'payment'),
    version    bigint NOT NULL,
    next_at    timestamptz NOT NULL DEFAULT now(),
    claim      bigint NOT NULL DEFAULT 0,
    failures   integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (payment_id, target)
);
CREATE INDEX outbox_due ON fulfillment.outbox (target, next_at);

CREATE TABLE fulfillment.audit_log (
    at         timestamptz NOT NULL DEFAULT now(),
    payment_id uuid NOT NULL,
    actor      text NOT NULL,
    action     text NOT NULL,
    from_state text,
    to_state   text NOT NULL,
    version    bigint NOT NULL,
    reason     text NOT NULL DEFAULT ''
) PARTITION BY RANGE (at);
CREATE TABLE fulfillment.audit_log_default PARTITION OF fulfillment.audit_log DEFAULT;
SELECT maintenance.create_month_partitions('fulfillment.audit_log', 24);
CREATE INDEX audit_log_letter ON fulfillment.audit_log (payment_id, at);

GRANT SELECT, INSERT, UPDATE ON fulfillment.letters TO fulfillment_rw;
GRANT SELECT, INSERT, UPDATE, DELETE ON fulfillment.outbox TO fulfillment_rw;
GRANT SELECT, INSERT ON fulfillment.audit_log TO fulfillment_rw;
GRANT SELECT (payment_id, intake_id, draft_id, content_sha256, appeal_type, want, order_version, state, version, reason,
              generation, attempt, unsure_since, last_post_at, next_at, claim, failures, pdf_sha256, lob_letter_id,
              tracking_number, expected_delivery, paid_at, created_at, updated_at, mailed_at)
    ON fulfillment.letters TO fsft_readonly;
GRANT SELECT ON fulfillment.outbox, fulfillment.audit_log TO fsft_readonly;

COMMIT;
