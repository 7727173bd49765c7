-- Deploy intake/intakes: what motorists hand in. Personal data is in sealed columns only.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE TABLE intake.intakes (
    intake_id     uuid PRIMARY KEY,
    state         text NOT NULL CONSTRAINT intakes_state
                  CHECK (state IN ('draft', 'submitted', 'paid', 'fulfilled', 'cancelled', 'abandoned')),
    city_id       text NOT NULL REFERENCES intake.cities,
    section_id    text NOT NULL,
    -- The newest word from payment. No foreign key: payment refers to intake, not the other way round.
    payment_id    uuid,
    order_version bigint NOT NULL DEFAULT 0,
    -- This intake's own data key, wrapped; forgetting it erases everything that it sealed, here and in drafts.
    data_key      bytea,
    data_key_id   text,
    person_sealed bytea,
    -- Look-ups without clear text; a number is personal data too.
    citation_hmac bytea,
    email_hmac    bytea,
    lookup_key_id text,
    -- Raising it revokes the access token.
    token_version integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    submitted_at  timestamptz,
    paid_at       timestamptz,
    fulfilled_at  timestamptz,
    CONSTRAINT intakes_sealed_whole
        CHECK ((data_key IS NULL) = (data_key_id IS NULL) AND (data_key IS NULL) = (person_sealed IS NULL)),
    CONSTRAINT intakes_submitted_at CHECK (state NOT IN ('submitted', 'paid', 'fulfilled') OR submitted_at IS NOT NULL),
    CONSTRAINT intakes_paid_at CHECK (state NOT IN ('paid', 'fulfilled') OR paid_at IS NOT NULL),
    CONSTRAINT intakes_fulfilled_at CHECK (state <> 'fulfilled' OR fulfilled_at IS NOT NULL)
);
CREATE INDEX intakes_citation ON intake.intakes (citation_hmac) WHERE citation_hmac IS NOT NULL;
CREATE INDEX intakes_email ON intake.intakes (email_hmac) WHERE email_hmac IS NOT NULL;

-- A row is one version of the letter. A frozen one is a submission: exactly what was offered for payment.
CREATE TABLE intake.drafts (
    draft_id          uuid PRIMARY KEY,
    intake_id         uuid NOT NULL REFERENCES intake.intakes,
    version           integer NOT NULL CONSTRAINT drafts_version CHECK (version > 0),
    appeal_type       text NOT NULL CONSTRAINT drafts_appeal_type CHECK (appeal_type IN ('standard', 'certified')),
    submission_sealed bytea,
    content_sha256    bytea CONSTRAINT drafts_sha256 CHECK (length(content_sha256) = 32),
    is_final          boolean NOT NULL DEFAULT false,
    created_at        timestamptz NOT NULL DEFAULT now(),
    frozen_at         timestamptz,
    UNIQUE (intake_id, version),
    CONSTRAINT drafts_frozen CHECK (is_final = (frozen_at IS NOT NULL) AND (NOT is_final OR content_sha256 IS NOT NULL))
);

-- Makes a repeated request answer as the first one did. Only ids are kept, never bodies.
CREATE TABLE intake.request_keys (
    key_hmac   bytea PRIMARY KEY,
    digest     bytea NOT NULL CONSTRAINT request_keys_digest CHECK (length(digest) = 32),
    intake_id  uuid NOT NULL,
    draft_id   uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX request_keys_expiry ON intake.request_keys (expires_at);

-- Append-only, by grant. Reasons are codes; free text could carry personal data.
CREATE TABLE intake.audit_log (
    at         timestamptz NOT NULL DEFAULT now(),
    intake_id  uuid NOT NULL,
    actor      text NOT NULL,
    action     text NOT NULL,
    from_state text,
    to_state   text NOT NULL,
    version    bigint NOT NULL,
    reason     text NOT NULL DEFAULT ''
) PARTITION BY RANGE (at);
CREATE TABLE intake.audit_log_default PARTITION OF intake.audit_log DEFAULT;
SELECT maintenance.create_month_partitions('intake.audit_log', 24);
CREATE INDEX audit_log_intake ON intake.audit_log (intake_id, at);

GRANT SELECT, INSERT, UPDATE ON intake.intakes, intake.drafts TO intake_rw;
GRANT SELECT, INSERT, UPDATE, DELETE ON intake.request_keys TO intake_rw;
GRANT SELECT, INSERT ON intake.audit_log TO intake_rw;
GRANT SELECT (intake_id, state, city_id, section_id, payment_id, order_version, created_at, updated_at, submitted_at,
              paid_at, fulfilled_at) ON intake.intakes TO fsft_readonly;
GRANT SELECT (draft_id, intake_id, version, appeal_type, content_sha256, is_final, created_at, frozen_at)
    ON intake.drafts TO fsft_readonly;
GRANT SELECT ON intake.audit_log TO fsft_readonly;

COMMIT;
