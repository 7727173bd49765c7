-- Deploy intake/exhibit_removal: photographs that their owner has taken back.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE intake.exhibits
    -- A letter that was offered for payment may show it, so the row stays; it has no place in the next letter.
    ADD COLUMN removed_at timestamptz,
    ALTER COLUMN position DROP NOT NULL,
    ADD CONSTRAINT exhibits_removed CHECK ((removed_at IS NULL) = (position IS NOT NULL)),
    -- Those behind a removed one move up in one statement, at whose end the places must be different again.
    DROP CONSTRAINT exhibits_place,
    ADD CONSTRAINT exhibits_place UNIQUE (intake_id, position) DEFERRABLE;

-- The same photograph can be uploaded again, which is no repeat of the request that a removal has undone.
CREATE INDEX request_keys_exhibit ON intake.request_keys (exhibit_id) WHERE exhibit_id IS NOT NULL;

GRANT UPDATE (position, removed_at) ON intake.exhibits TO intake_rw;
GRANT SELECT (removed_at) ON intake.exhibits TO fsft_readonly;

COMMIT;
