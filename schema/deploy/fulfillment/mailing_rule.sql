-- Deploy fulfillment/mailing_rule: what a letter's fate is found out with after its POST, and the pauses of mailing.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE fulfillment.letters
    -- Searches that did not find an unsure letter although they would have found it; three prove that it was never taken.
    ADD COLUMN misses integer NOT NULL DEFAULT 0 CONSTRAINT letters_misses CHECK (misses >= 0),
    ADD COLUMN missed_at timestamptz,
    ADD CONSTRAINT letters_missed CHECK ((misses = 0) = (missed_at IS NULL));

-- Letters that are looked up at the printer: accepted ones that may still move, and those whose fate is open.
CREATE INDEX letters_followed ON fulfillment.letters (next_at)
    WHERE state IN ('mailed', 'in_transit', 'outcome_unknown', 'cancelling') OR (state = 'sending' AND want <> 'mail');
-- A letter known to be accepted after a given time: what a search must find before its miss counts.
CREATE INDEX letters_accepted ON fulfillment.letters (mailed_at) WHERE lob_letter_id IS NOT NULL;

-- Why no letter is posted; a row without resumed_at is a pause in force.
CREATE TABLE fulfillment.mailing_pauses (
    pause_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause           text NOT NULL CONSTRAINT mailing_pauses_cause CHECK (cause IN ('operator', 'paused_credentials')),
    -- Which key the printer refused, so that a new key need not wait for an operator; empty for an operator's pause.
    key_fingerprint text NOT NULL DEFAULT '',
    paused_at       timestamptz NOT NULL DEFAULT now(),
    paused_by       text NOT NULL,
    resumed_at      timestamptz,
    resumed_by      text,
    CONSTRAINT mailing_pauses_key CHECK ((cause = 'paused_credentials') = (key_fingerprint <> '')),
    CONSTRAINT mailing_pauses_resumed CHECK ((resumed_at IS NULL) = (resumed_by IS NULL))
);
CREATE UNIQUE INDEX mailing_pauses_in_force ON fulfillment.mailing_pauses (cause, key_fingerprint) WHERE resumed_at IS NULL;

GRANT SELECT, INSERT ON fulfillment.mailing_pauses TO fulfillment_rw;
-- The only change of a pause is its end.
GRANT UPDATE (resumed_at, resumed_by) ON fulfillment.mailing_pauses TO fulfillment_rw;
GRANT SELECT ON fulfillment.mailing_pauses TO fsft_readonly;
GRANT SELECT (misses, missed_at) ON fulfillment.letters TO fsft_readonly;

COMMIT;
