-- Deploy intake/support_requests: questions of customers, sealed.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE TABLE intake.support_requests (
    support_id  uuid PRIMARY KEY,
    -- What it is about, when the customer said so. No foreign keys: both are whatever was typed.
    payment_id  uuid,
    intake_id   uuid,
    -- A key of its own: a question need not belong to any intake.
    data_key    bytea,
    data_key_id text,
    text_sealed bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    erased_at   timestamptz,
    CONSTRAINT support_requests_sealed_whole
        CHECK ((data_key IS NULL) = (data_key_id IS NULL) AND (data_key IS NULL) = (text_sealed IS NULL)),
    CONSTRAINT support_requests_erased CHECK ((erased_at IS NOT NULL) = (data_key IS NULL))
);
CREATE INDEX support_requests_newest ON intake.support_requests (created_at DESC, support_id DESC);
CREATE INDEX support_requests_intake ON intake.support_requests (intake_id) WHERE intake_id IS NOT NULL;
CREATE INDEX support_requests_data_key ON intake.support_requests (data_key_id, support_id)
    WHERE data_key_id IS NOT NULL;

-- A repeated question answers with the one that it made; it belongs to no intake.
ALTER TABLE intake.request_keys
    ADD COLUMN support_id uuid,
    ALTER COLUMN intake_id DROP NOT NULL;

GRANT SELECT, INSERT, UPDATE ON intake.support_requests TO intake_rw;
GRANT SELECT (support_id, payment_id, intake_id, created_at, erased_at) ON intake.support_requests TO fsft_readonly;

COMMIT;
