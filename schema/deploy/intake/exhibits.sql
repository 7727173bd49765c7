-- Deploy intake/exhibits: photographs that are printed with the letter. Immutable, by grant.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE TABLE intake.exhibits (
    exhibit_id     uuid PRIMARY KEY,
    intake_id      uuid NOT NULL REFERENCES intake.intakes,
    -- The order in which they came, which is the order of print where nothing else is chosen.
    position       integer NOT NULL CONSTRAINT exhibits_position CHECK (position BETWEEN 1 AND 5),
    -- Sealed with the intake's data key, so that forgetting the wrapped key erases them too.
    image_sealed   bytea NOT NULL,
    caption_sealed bytea,
    -- Of the JPEG as it is printed.
    sha256         bytea NOT NULL CONSTRAINT exhibits_sha256 CHECK (length(sha256) = 32),
    width          integer NOT NULL CONSTRAINT exhibits_width CHECK (width > 0),
    height         integer NOT NULL CONSTRAINT exhibits_height CHECK (height > 0),
    byte_count     integer NOT NULL CONSTRAINT exhibits_byte_count CHECK (byte_count BETWEEN 1 AND 1048576),
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT exhibits_place UNIQUE (intake_id, position)
);
-- What is sealed does not compress; PostgreSQL need not try.
ALTER TABLE intake.exhibits ALTER COLUMN image_sealed SET STORAGE EXTERNAL;

-- Counted under the intake's row lock, so that uploads side by side get places of their own and a sixth gets none.
ALTER TABLE intake.intakes
    ADD COLUMN exhibit_count integer NOT NULL DEFAULT 0
        CONSTRAINT intakes_exhibit_count CHECK (exhibit_count BETWEEN 0 AND 5);

-- A repeated upload answers with the exhibit that it made.
ALTER TABLE intake.request_keys ADD COLUMN exhibit_id uuid;

GRANT SELECT, INSERT ON intake.exhibits TO intake_rw;
GRANT SELECT (exhibit_id, intake_id, position, sha256, width, height, byte_count, created_at)
    ON intake.exhibits TO fsft_readonly;
GRANT SELECT (exhibit_count) ON intake.intakes TO fsft_readonly;

COMMIT;
