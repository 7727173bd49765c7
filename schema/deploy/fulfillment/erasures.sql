-- Deploy fulfillment/erasures: letters whose intake was erased, and letters under an older key of the ring.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE INDEX letters_intake ON fulfillment.letters (intake_id);
CREATE INDEX letters_data_key ON fulfillment.letters (data_key_id, payment_id) WHERE data_key_id IS NOT NULL;

-- How far intake's ledger of erasures has been followed. One row.
CREATE TABLE fulfillment.erasure_cursor (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT erasure_cursor_only_row CHECK (only_row),
    sequence bigint NOT NULL DEFAULT 0
);
INSERT INTO fulfillment.erasure_cursor DEFAULT VALUES;

GRANT SELECT, UPDATE (sequence) ON fulfillment.erasure_cursor TO fulfillment_rw;
GRANT SELECT ON fulfillment.erasure_cursor TO fsft_readonly;

COMMIT;
