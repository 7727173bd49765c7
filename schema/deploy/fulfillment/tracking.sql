-- Deploy fulfillment/tracking: what the printer tells of letters after it has taken them, and the lists of operators.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE fulfillment.letters
    -- When the mail says that it was delivered, or sent back; by its own clock.
    ADD COLUMN delivered_at timestamptz,
    ADD COLUMN returned_at  timestamptz,
    -- When something was last heard of it on its way; null where that was when it was mailed.
    ADD COLUMN moved_at     timestamptz;

-- Letters on their way, the quietest first: a list of those that nothing was heard of is a range of it.
CREATE INDEX letters_moved ON fulfillment.letters (coalesce(moved_at, mailed_at)) WHERE state IN ('mailed', 'in_transit');
-- Lists are in the order of the payments' ids. An index on the time of the last change was written with every look at a
-- letter.
CREATE INDEX letters_listed ON fulfillment.letters (state, payment_id) WHERE state NOT IN ('delivered', 'cancelled');
DROP INDEX fulfillment.letters_state;

-- What Lob told, in ids; never the payload. created_at is Lob's own time of the event, so a repeated delivery meets its
-- first one in the same partition.
CREATE TABLE fulfillment.lob_events (
    event_id    text NOT NULL,
    created_at  timestamptz NOT NULL,
    type        text NOT NULL,
    outcome     text NOT NULL CONSTRAINT lob_events_outcome
                CHECK (outcome IN ('processed', 'duplicate', 'unmatched', 'ignored')),
    letter_id   text,
    payment_id  uuid,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE fulfillment.lob_events_default PARTITION OF fulfillment.lob_events DEFAULT;
SELECT maintenance.create_month_partitions('fulfillment.lob_events', 24);
CREATE INDEX lob_events_received ON fulfillment.lob_events (received_at);
CREATE INDEX lob_events_ids_age ON fulfillment.lob_events (received_at, event_id) WHERE letter_id IS NOT NULL;

-- Events of letters that are not known here, or not yet. A row goes when its event has found its letter; the event itself
-- stays in lob_events. A small table of its own, because every look at a letter looks here, and lob_events has a partition
-- for every month.
CREATE TABLE fulfillment.unmatched_lob_events (
    event_id    text PRIMARY KEY,
    created_at  timestamptz NOT NULL,
    letter_id   text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX unmatched_lob_events_letter ON fulfillment.unmatched_lob_events (letter_id);

GRANT SELECT, INSERT ON fulfillment.lob_events TO fulfillment_rw;
-- An event is not rewritten, but it may find its letter later, and is forgotten with it.
GRANT UPDATE (outcome, letter_id, payment_id) ON fulfillment.lob_events TO fulfillment_rw;
GRANT SELECT, INSERT, DELETE ON fulfillment.unmatched_lob_events TO fulfillment_rw;
GRANT SELECT ON fulfillment.lob_events, fulfillment.unmatched_lob_events TO fsft_readonly;
GRANT SELECT (delivered_at, returned_at, moved_at) ON fulfillment.letters TO fsft_readonly;

COMMIT;
